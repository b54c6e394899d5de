"""Compares variants of a study user by user: a test by sign flips that can be read in a minute.

usage: python3 pairs.py RUN METRIC BASELINE VARIANT...

Each user's value is averaged over the seeds; the differences from the baseline are the sample. p is the share of random
sign flips whose mean lies as far from 0; Holm's correction over the variants named. Docs/Statistics.md has the rest.
"""
import csv
import json
import pathlib
import random
import sys

FLIPS = 4999


def values(folder, results, variant, metric):
    """Each user's mean over the seeds, and the mean over the users by seed."""
    rows = []
    for run in results["runs"]:
        if run["variant"] == variant:
            with open(folder / "cells" / run["cell"] / "users.csv") as file:
                rows.append([float(row[metric]) for row in csv.DictReader(file)])
    return [sum(user) / len(user) for user in zip(*rows)], [sum(row) / len(row) for row in rows]


def p_value(differences):
    observed = abs(sum(differences))
    flips = random.Random(1)
    as_far = 0
    for _ in range(FLIPS):
        bits = flips.getrandbits(len(differences))
        flipped = sum(d if bits >> i & 1 else -d for i, d in enumerate(differences))
        as_far += abs(flipped) >= observed - 1e-12
    return (as_far + 1) / (FLIPS + 1)


folder, metric, baseline, variants = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
results = json.loads((folder / "results.json").read_text())
base, base_seeds = values(folder, results, baseline, metric)
rows = []
for variant in variants:
    other, seeds = values(folder, results, variant, metric)
    differences = [a - b for a, b in zip(other, base)]
    by_seed = " ".join(f"{a - b:+.4f}" for a, b in zip(seeds, base_seeds))
    gain, lose = sum(d > 1e-12 for d in differences), sum(d < -1e-12 for d in differences)
    rows.append([p_value(differences), variant, sum(differences) / len(differences), by_seed, gain, lose])

worst = 0.0
for place, row in enumerate(sorted(rows)):
    worst = max(worst, min(1, row[0] * (len(rows) - place)))
    row.append(worst)
for p, variant, mean, by_seed, gain, lose, corrected in rows:
    print(f"{variant} - {baseline}: {mean:+.4f}, by seed {by_seed}; users {gain} up, {lose} down; p {p:.4f}, corrected {corrected:.4f}")
