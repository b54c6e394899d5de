#!/usr/bin/env python3
"""Tables and tests for Docs/Reproduction.md, from the folders that `beckon run` writes.

    tables.py table RUN METRIC...             mean and standard deviation over seeds, a row a variant
    tables.py claims RUN METRIC A>B...        paired tests of claims "A is above B"
    tables.py steps RUN METRIC...             the change of each variant from the one before it

A test pairs users: each user's value is averaged over the seeds, and the differences go into a two-sided Wilcoxon
signed-rank test; p-values of one call are corrected by Holm. Beside it stand the mean difference and its sign for each
seed. Needs Python 3 with NumPy and SciPy; nothing in Beckon needs this file.
"""

import csv
import json
import pathlib
import sys

import numpy as np
from scipy import stats


class Run:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.results = json.loads((self.folder / "results.json").read_text())
        self.seeds = self.results["seeds"]
        self.variants = list(dict.fromkeys(run["variant"] for run in self.results["runs"]))
        self.cells = {(run["variant"], run["seed"]): run for run in self.results["runs"]}

    def mean(self, variant, metric):
        """[seed]"""
        return np.array([self.cells[variant, seed]["metrics"][metric] for seed in self.seeds], dtype=float)

    def users(self, variant, metric):
        """[seed, user]"""
        rows = []
        for seed in self.seeds:
            path = self.folder / "cells" / self.cells[variant, seed]["cell"] / "users.csv"
            with path.open() as file:
                rows.append([float(row[metric] or "nan") for row in csv.DictReader(file)])
        return np.array(rows)


def number(value):
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.4f}"


def table(run, metrics):
    print("| variant | " + " | ".join(metrics) + " |")
    print("|---|" + "---|" * len(metrics))
    for variant in run.variants:
        cells = []
        for metric in metrics:
            values = run.mean(variant, metric)
            spread = f" ± {number(values.std(ddof=1))}" if len(values) > 1 else ""
            cells.append(number(values.mean()) + spread)
        print(f"| {variant} | " + " | ".join(cells) + " |")


def holm(p):
    order = np.argsort(p)
    corrected = np.empty(len(p))
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p) - rank) * p[index]))
        corrected[index] = largest
    return corrected


def claims(run, metric, pairs):
    rows = []
    for pair in pairs:
        above, below = (name.strip() for name in pair.split(">"))
        difference = run.users(above, metric) - run.users(below, metric)
        p = stats.wilcoxon(difference.mean(axis=0)).pvalue if np.any(difference) else 1.0
        rows.append((above, below, difference.mean(axis=1), p))
    corrected = holm(np.array([row[3] for row in rows]))
    print(f"| {metric}: claim | mean difference | by seed | p (Wilcoxon, Holm) |")
    print("|---|---|---|---|")
    for (above, below, by_seed, _), p in zip(rows, corrected):
        seeds = ", ".join(f"{value:+.4f}" if abs(value) < 10 else f"{value:+.1f}" for value in by_seed)
        text = "< 1e-10" if p < 1e-10 else f"{p:.2g}"
        print(f"| {above} > {below} | {number(by_seed.mean())} | {seeds} | {text} |")


def steps(run, metrics):
    print("| step | " + " | ".join(f"{metric} | change" for metric in metrics) + " |")
    print("|---|" + "---|---|" * len(metrics))
    before = {}
    for variant in run.variants:
        cells = []
        for metric in metrics:
            values = run.mean(variant, metric)
            change = values - before.get(metric, values)
            before[metric] = values
            cells += [number(values.mean()), "" if not np.any(change) else f"{change.mean():+.4f}"]
        print(f"| {variant} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("table", "claims", "steps"):
        sys.exit(__doc__)
    command, folder, *rest = sys.argv[1:]
    if command == "table":
        table(Run(folder), rest)
    elif command == "steps":
        steps(Run(folder), rest)
    else:
        claims(Run(folder), rest[0], rest[1:])
