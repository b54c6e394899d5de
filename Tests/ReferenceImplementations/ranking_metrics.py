"""Golden values for Plugins/RankingMetrics: writes ranking_metrics.json beside this file.

    ranking_metrics.py                     the golden values (Python 3.11 and NumPy, float64)
    ranking_metrics.py FOLDER              the same metrics of the most popular items on MovieLens-100K in FOLDER,
                                           as Experiments/next-item/metric-variants.json must give them

Every metric is computed from the list of items itself, as its definition reads, not from ranks. The names on the right
say whose formula it is: see Docs/Metrics.md.
"""

import json
import math
import pathlib
import sys

import numpy as np


def dcg(gains, discount):
    return sum(gain / discount(place) for place, gain in enumerate(gains, start=1))


def ndcg(shown, grades, cutoff, gain, discount):
    own = [gain(grades[item]) if item in grades else 0.0 for item in shown[:cutoff]]
    best = sorted((gain(grade) for grade in grades.values()), reverse=True)[:cutoff]
    return dcg(own, discount) / dcg(best, discount)


def shifted(place):
    return math.log2(place + 1)


def clipped(place):
    return max(math.log2(place), 1.0)


def precision(shown, grades, cutoff):
    return len([item for item in shown[:cutoff] if item in grades]) / cutoff


def precision_sum(shown, grades, cutoff):
    return sum(precision(shown, grades, n) for n in range(1, cutoff + 1) if shown[n - 1:n] and shown[n - 1] in grades)


def hits(shown, grades, cutoff):
    return len(set(shown[:cutoff]) & set(grades))


def reciprocal(shown, grades, cutoff):
    return next((1 / place for place, item in enumerate(shown[:cutoff], start=1) if item in grades), 0.0)


PER_QUERY = {
    "hit": lambda s, g, k: float(hits(s, g, k) > 0),
    "mrr": reciprocal,
    "recall": lambda s, g, k: hits(s, g, k) / len(g),
    "precision": precision,
    "ndcg": lambda s, g, k: ndcg(s, g, k, lambda _: 1.0, shifted),  # RecBole, RecPack
    "ndcg-clipped": lambda s, g, k: ndcg(s, g, k, lambda _: 1.0, clipped),  # LensKit
    "ndcg-linear": lambda s, g, k: ndcg(s, g, k, lambda grade: grade, shifted),  # Recommenders, raw
    "ndcg-exponential": lambda s, g, k: ndcg(s, g, k, lambda grade: 2.0**grade - 1, shifted),  # Recommenders, exp
    "map": lambda s, g, k: precision_sum(s, g, k) / min(k, len(g)),  # RecBole, WarpRec
    "map-relevant": lambda s, g, k: precision_sum(s, g, k) / len(g),  # Recommenders' map
    "map-hits": lambda s, g, k: precision_sum(s, g, k) / hits(s, g, k) if hits(s, g, k) else 0.0,
    "mean-precision": lambda s, g, k: float(np.mean([precision(s, g, n) for n in range(1, k + 1)])),  # Elliot's MAP
}


def mean_absolute_difference(counts):
    """The Gini coefficient by its definition: half the mean difference of all pairs, over the mean."""
    counts = np.array(counts, dtype=float)
    pairs = np.abs(counts[:, None] - counts[None, :]).sum()
    return float(pairs / (2 * len(counts) ** 2 * counts.mean())) if counts.sum() else 0.0


def exposure(lists, cutoff, items):
    counts = [sum(item in shown[:cutoff] for shown in lists) for item in range(items)]
    gini = mean_absolute_difference(counts)
    corrected = gini * items / (items - 1)
    return {
        "gini": gini,  # RecBole, LensKit
        "gini-corrected": corrected,  # WarpRec
        "gini-diversity": 1 - corrected,  # Elliot
        "coverage": sum(count > 0 for count in counts) / items,
    }


def golden():
    random = np.random.default_rng(11)
    queries = []
    for count in [1, 1, 2, 3, 5, 8, 12]:
        for _ in range(3):
            items = 20
            shown = random.permutation(items).tolist()
            answers = random.choice(items, size=count, replace=False).tolist()
            grades = {int(item): float(random.integers(1, 6)) for item in answers}
            queries.append({
                "ranks": [shown.index(item) for item in grades], "grades": list(grades.values()), "shown": shown,
                "values": [
                    {"cutoff": k, **{name: metric(shown, grades, k) for name, metric in PER_QUERY.items()}}
                    for k in [1, 3, 10, 20]
                ],
            })
    exposures = []
    for items, users in [(6, 1), (6, 4), (30, 10), (15, 40)]:
        lists = [random.permutation(items)[:10].tolist() for _ in range(users)]
        exposures.append({
            "items": items, "lists": lists,
            "values": [{"cutoff": k, **exposure(lists, k, items)} for k in [1, 3, 10]],
        })
    return {"queries": queries, "exposures": exposures}


def movielens(folder):
    """Most popular items of the first 70 %, asked for the last 20 % of each user's ratings of 3 and more."""
    rows = [line.split("\t") for line in (pathlib.Path(folder) / "u.data").read_text().split("\n") if line]
    number = {}
    for _, item, _, _ in rows:
        number.setdefault(item, len(number))
    users = {}
    for place, (user, item, rating, time) in enumerate(rows):
        users.setdefault(user, []).append((int(time), place, number[item], float(rating)))
    counts = np.zeros(len(number))
    queries = []
    for events in users.values():
        events.sort()
        asked = len(events) - max(1, int(0.2 * len(events)))
        learned = asked - max(1, int(0.1 * len(events)))
        for _, _, item, _ in events[:learned]:
            counts[item] += 1
        grades = {item: rating for _, _, item, rating in events[asked:] if rating >= 3}
        if grades:
            queries.append(({item for _, _, item, _ in events[:asked]}, grades))
    order = np.lexsort((np.arange(len(counts)), -counts)).tolist()
    lists = [[item for item in order if item not in met or item in grades][:20] for met, grades in queries]
    for cutoff in [10, 20]:
        for name, metric in PER_QUERY.items():
            print(f"{name}@{cutoff}", np.mean([metric(s, g, cutoff) for s, (_, g) in zip(lists, queries)]))
        for name, value in exposure(lists, cutoff, len(number)).items():
            print(f"{name}@{cutoff}", value)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        movielens(sys.argv[1])
    else:
        text = json.dumps(golden(), separators=(",", ":"))
        pathlib.Path(__file__).with_suffix(".json").write_text(text.replace('{"ranks"', '\n{"ranks"') + "\n")
