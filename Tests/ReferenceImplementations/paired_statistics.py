"""Golden values for Sources/Lab/Statistics: writes paired_statistics.json beside this file.

Made with SciPy 1.17.1 and NumPy 2.4.6, float64. Cases cover ties, zeros, one and two pairs, equal differences, both
sides of SciPy's limits for exact tests (13 and 50), and a thousand pairs. Where SciPy divides 0 by 0 the value is
null, and the tests say what Beckon gives instead.
"""

import json
import math
import pathlib
import warnings

import numpy as np
from scipy import special, stats

warnings.simplefilter("ignore")


def wave(count, shift, decimals):
    """shift + sin(1 + 0.7 i) + 0.3 sin(2.9 i), rounded: few decimals make ties and zeros."""
    return [round(shift + math.sin(1 + 0.7 * i) + 0.3 * math.sin(2.9 * i), decimals) for i in range(count)]


cases = {
    "one": [0.3],
    "one negative": [-2.0],
    "two": [0.5, -0.25],
    "two alike": [0.5, 0.5],
    "equal": [0.125] * 9,
    "equal, many": [-0.125] * 40,
    "zeros only, few": [0.0] * 5,
    "zeros only, many": [0.0] * 20,
    "distinct": [0.11, -0.42, 0.35, 0.77, -0.05, 0.91, 0.62, -0.18, 0.29, 0.54],
    "ties": [1, -1, 2, 2, -3, 4, 4, 4, -5, 6],
    "ties and zeros": [0, 0, 1, -1, 2, 2, -3, 4, 0, 5],
    "thirteen with a tie": wave(12, 0.4, 6) + [wave(12, 0.4, 6)[3]],
    "fourteen with a tie": wave(13, 0.4, 6) + [wave(13, 0.4, 6)[3]],
    "fourteen with a zero": wave(13, 0.4, 6) + [0.0],
    "fifty": wave(50, 0.2, 9),
    "fifty, coarse": wave(50, 0.2, 1),
    "fifty-one": wave(51, 0.2, 9),
    "thousand": wave(1000, 0.05, 2),
    "thousand, all above": [round(abs(x) + 0.5, 3) for x in wave(1000, 0, 3)],
    "skewed": [round(math.exp(1.5 * x), 4) - 1 for x in wave(25, 0, 4)],
}
alternatives = ["two-sided", "greater", "less"]


def number(x):
    return float(x) if math.isfinite(x) else None


def found(result):
    return {"statistic": number(result.statistic), "p": number(result.pvalue)}


def describe(d):
    d = np.array(d, dtype=float)
    case = {"differences": d.tolist()}
    for rule in ["wilcox", "pratt"]:
        case[rule] = {a: found(stats.wilcoxon(d, zero_method=rule, alternative=a)) for a in alternatives}
    case["t"] = {a: found(stats.ttest_rel(d, np.zeros(len(d)), alternative=a)) for a in alternatives}
    if 2 <= len(d) <= 13:
        case["signFlips"] = {
            a: found(stats.permutation_test(
                (d,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative=a))
            for a in alternatives
        }
    ranks = stats.rankdata(np.abs(d[d != 0]))
    signs = np.sign(d[d != 0])
    spread = d.std(ddof=1) if len(d) > 1 and np.ptp(d) > 0 else math.nan
    case["effect"] = {
        "cohensDz": number(d.mean() / spread),
        "rankBiserial": float((ranks * signs).sum() / ranks.sum()) if len(ranks) else 0.0,
        "superiority": float(np.mean((d > 0) + 0.5 * (d == 0))),
    }
    return case


def intervals(d, resamples, level):
    """Intervals by both methods on the same replicates of the mean."""
    d = np.array(d, dtype=float)
    first = stats.bootstrap((d,), np.mean, n_resamples=resamples, confidence_level=level, method="percentile", rng=7)
    case = {"differences": d.tolist(), "level": level, "replicates": first.bootstrap_distribution.tolist()}
    for method in ["percentile", "bca"]:
        ends = stats.bootstrap(
            (d,), np.mean, n_resamples=0, confidence_level=level, method=method, bootstrap_result=first
        ).confidence_interval
        case[method] = [float(ends.low), float(ends.high)]
    return case


families = [
    [0.01, 0.04, 0.03, 0.005],
    [0.5],
    [0.2, 0.2, 0.2, 0.9, 1.0],
    [1e-12, 0.02, 0.021, 0.022, 0.8, 0.03, 0.0],
    [0.04, 0.01, 0.04, 0.01],
]


def holm(p):
    """max over j with p_(j) ≤ p of min(1, (m − j + 1) p_(j)), by its definition: for each p, all the smaller ones."""
    p = np.array(p)
    order = np.argsort(p, kind="stable")
    place = {int(index): rank for rank, index in enumerate(order)}
    return [
        float(max(min(1.0, (len(p) - place[j]) * p[j]) for j in range(len(p)) if place[j] <= place[i]))
        for i in range(len(p))
    ]


golden = {
    "cases": {name: describe(d) for name, d in cases.items()},
    "intervals": [
        intervals(cases["skewed"], 60, 0.95), intervals(cases["distinct"], 99, 0.9),
        intervals(cases["ties and zeros"], 60, 0.8), intervals(cases["two"], 40, 0.95),
    ],
    "corrections": [
        {"p": p, "holm": holm(p), "benjamini-hochberg": stats.false_discovery_control(p).tolist()}
        for p in families
    ],
    "normal": [
        {"probability": p, "quantile": float(special.ndtri(p))}
        for p in [1e-300, 1e-20, 1e-5, 0.001, 0.025, 0.2, 0.4999, 0.5, 0.6, 0.975, 0.999999, 1 - 1e-12]
    ],
    "t": [
        {"t": t, "freedom": v, "p": float(2 * stats.t.sf(abs(t), v))}
        for v in [1, 2, 3, 10, 99, 5000] for t in [0.0, 1e-6, 0.3, -1.0, 2.5, 12.0, 80.0]
    ],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, separators=(",", ":"), ensure_ascii=False).replace('"cases":', '\n"cases":') + "\n")
