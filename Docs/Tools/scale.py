#!/usr/bin/env python3
"""How time and memory grow with users, items and length: the tables and the drawing of Docs/Performance.md.

    scale.py BECKON                          every sweep; half an hour on two idle cores, and 1 GB of disk
    scale.py BECKON --sweep users            one of them; the others' figures stay as they were

Each sweep varies one number and holds the others. Its data are made here: users of one of 50 groups take seven of ten
items from the group's own, the others from all, popular ones more often. Measured are, each by a process of its own
with its greatest memory: reading with sorting (`beckon bench read`), an epoch of SASRec with one sampled negative a
position (`beckon bench train`), ranking all items for 10,000 users (`beckon bench evaluate`), and a nudge of 10,000 users
over 20 rounds (`beckon bench rollout`). The exponent is the slope of a line through the logarithms.

Prints Markdown, and writes Docs/Performance/scale.json (what was measured) and scale.svg (drawn from it). Needs Python 3.9
and NumPy; a release build.
"""

import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
GROUPS = 50
ASKED = 10_000  # users who are ranked for and nudged
SWEEPS = {
    "users": [(users, 20_000, 50) for users in (10_000, 31_623, 100_000, 316_228)],
    "items": [(ASKED, items, 50) for items in (2_000, 6_325, 20_000, 63_246, 200_000)],
    "length": [(31_623, 20_000, length) for length in (10, 20, 50, 100, 200)],
    "most": [(1_000_000, 200_000, 50)],
}
PLACES = {"users": 0, "items": 1, "length": 2}  # of the number that a sweep varies
WORK = ["read", "train", "evaluate", "nudge"]
TITLES = {"read": "reading", "train": "an epoch", "evaluate": "ranking", "nudge": "nudging"}


def write(path, users, items, length, seed=1):
    """Lines 'user item item …'; the last item of the table is met, so that there are as many as asked for."""
    random = np.random.default_rng(seed)
    size = items // GROUPS
    with open(path, "w") as file:
        for first in range(0, users, 10_000):
            count = min(10_000, users - first)
            group = random.integers(0, GROUPS, (count, 1))
            own = group * size + (size * random.random((count, length)) ** 2).astype(np.int64)
            others = (items * random.random((count, length)) ** 2).astype(np.int64)
            met = 1 + np.where(random.random((count, length)) < 0.7, own, others)
            if first == 0:
                met[0, 0] = items
            for row, line in enumerate(met.tolist(), first + 1):
                file.write(f"{row} {' '.join(map(str, line))}\n")


def run(command):
    """What a command printed, and the MiB it held at most."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.PIPE, text=True)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"{' '.join(command)}\n{errors}")
        output.seek(0)
        return output.read(), usage.ru_maxrss / 1024


def measure(beckon, work, file, length):
    """Seconds of a piece of work and the greatest memory of the process."""
    data = ["--dataset", file, "--json"]
    some = ["--set", f"task.users={ASKED}"]
    window = ["--set", f"encoder.maximumLength={length}"]
    if work == "read":
        text, memory = run([beckon, "bench", "read", "--repeats", "1", *data])
        told = json.loads(text)
        return told["secondsReading"] + told["secondsSorting"], memory
    if work == "train":
        text, memory = run([beckon, "bench", "train", "--epochs", "1", *some, *window, *data])
        return json.loads(text)["secondsPerEpoch"], memory
    if work == "evaluate":
        text, memory = run([beckon, "bench", "evaluate", "--repeats", "3", *some, *window, *data])
        return json.loads(text)["seconds"], memory
    text, memory = run([beckon, "bench", "rollout", "--targets", "1", "--repeats", "1", *some, *window, *data])
    return ASKED * 20 / json.loads(text)["userRoundsPerSecond"], memory


def exponent(sizes, values):
    return np.polyfit(np.log(sizes), np.log(values), 1)[0]


def table(name, rows):
    settings = SWEEPS[name]
    heads = " | ".join(f"{TITLES[work]}, s | MiB" for work in WORK)
    lines = [f"| users × items × length | {heads} |", "|---|" + "---|---|" * len(WORK)]
    for (users, items, length), row in zip(settings, rows):
        cells = " | ".join(f"{row[work][0]:.3g} | {row[work][1]:,.0f}" for work in WORK)
        lines.append(f"| {users:,} × {items:,} × {length} | {cells} |")
    if name in PLACES:
        sizes = [setting[PLACES[name]] for setting in settings]
        fits = (exponent(sizes, [row[work][part] for row in rows]) for work in WORK for part in (0, 1))
        lines.append(f"| exponent of {name} | {' | '.join(f'{fit:.2f}' for fit in fits)} |")
    return "\n".join(lines)


def drawing(results):
    """An SVG with a panel a sweep: seconds as lines, memory as dashes, both axes logarithmic."""
    colours = {"read": "#4477aa", "train": "#ee6677", "evaluate": "#228833", "nudge": "#aa3377"}
    width, height, left, top = 300, 260, 52, 26
    shown = [name for name in PLACES if name in results]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(shown) * (width + 80) + 20} {height + 90}" '
        'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>']
    for panel, name in enumerate(shown):
        settings, rows, place = SWEEPS[name], results[name], PLACES[name]
        values = [value for row in rows for work in WORK for value in row[work]]
        x_ends = [math.log10(settings[0][place]), math.log10(settings[-1][place])]
        y_ends = [math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))]
        origin = panel * (width + 80) + left

        def point(size, value):
            x = origin + width * (math.log10(size) - x_ends[0]) / (x_ends[1] - x_ends[0])
            y = top + height * (y_ends[1] - math.log10(value)) / (y_ends[1] - y_ends[0])
            return x, y

        parts.append(f'<text x="{origin}" y="16" font-weight="bold">{name}: s, and MiB (dashed)</text>')
        for power in range(y_ends[0], y_ends[1] + 1):
            _, y = point(settings[0][place], 10.0**power)
            parts.append(
                f'<line x1="{origin}" x2="{origin + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
                f'<text x="{origin - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
        for setting in settings:
            x, y = point(setting[place], 10.0 ** y_ends[0])
            parts.append(f'<text x="{x:.1f}" y="{y + 16:.1f}" text-anchor="middle">{setting[place]:,}</text>')
        for work in WORK:
            for part, dash in ((0, ""), (1, ' stroke-dasharray="5 4"')):
                line = [point(setting[place], row[work][part]) for setting, row in zip(settings, rows)]
                points = " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
                parts.append(
                    f'<polyline points="{points}" fill="none" stroke="{colours[work]}" stroke-width="2"{dash}/>')
    for place, work in enumerate(WORK):
        parts.append(
            f'<text x="{left + 110 * place}" y="{height + 75}" fill="{colours[work]}">{TITLES[work]}</text>')
    return "".join(parts) + "</svg>\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("beckon", metavar="BECKON")
    parser.add_argument("--sweep", action="append", choices=list(SWEEPS), help="may be repeated; all if not given")
    options = parser.parse_args()
    folder = ROOT / "Docs/Performance"
    folder.mkdir(exist_ok=True)
    kept = folder / "scale.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.sweep or SWEEPS:
            rows = []
            for users, items, length in SWEEPS[name]:
                file = os.path.join(scratch, "world.txt")
                write(file, users, items, length)
                row = {"megabytes": os.path.getsize(file) / 1e6}
                for work in WORK:
                    row[work] = measure(options.beckon, work, file, length)
                    print(f"{name} {users} {items} {length} {work} {row[work]}", file=sys.stderr, flush=True)
                rows.append(row)
            results[name] = rows
            kept.write_text(json.dumps(results, indent=1) + "\n")
            print(table(name, rows) + "\n", flush=True)
    (folder / "scale.svg").write_text(drawing(results))


if __name__ == "__main__":
    main()
