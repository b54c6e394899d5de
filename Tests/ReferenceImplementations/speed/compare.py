#!/usr/bin/env python3
"""Speed of Beckon and of PyTorch on this machine, as the Markdown table of Docs/Performance.md.

    BECKON_DATA=DIR python compare.py
    python compare.py --data DIR --only sasrec-ml-100k,rollout-lastfm --pairs 3 --json speed.json

DIR holds ml-100k/u.data, beauty/Beauty.txt and lastfm/lastfm.txt. The forms of each PyTorch program are of two sorts:
`usual`, laid out as published trainers have it, and `tuned`, with the ideas that Beckon has (no pads, cheap random
bits, nothing computed twice). Every form runs once, which also warms up. The fastest of each sort and Beckon then take
turns, whose order alternates. Printed are medians with least and greatest value, and how many times as fast Beckon is.
Rows named threads-… compare Beckon on all threads with Beckon on one.

Both sides must have counted the same users and items. What else is the same and what differs stands at the top of
each program. A row that fails says why, and the others go on. The machine should be idle.

Run it with the Python that has PyTorch, NumPy and SciPy; Beckon is a release build.
"""

import argparse
import json
import os
import pathlib
import platform
import shlex
import statistics
import subprocess
import sys
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PUBLISHED = "--loader repo --layout dense --dropout native"
TRAINING = {
    "loader and layout as published": PUBLISHED,
    "dense": "--layout dense --dropout native",
    "dense, sdpa": "--layout dense --dropout native --attention sdpa",
}
TUNED_TRAINING = {
    "dense, random bytes": "--layout dense",
    "packed": "--dropout native",
    "packed, random bytes": "",
    "packed in 16 groups, random bytes": "--groups 16",
}
COMPILED = {"dense, random bytes, compiled": "--layout dense --compile"}
RANKING = {"loader and layout as published": PUBLISHED, "dense, sdpa": "--layout dense --attention sdpa"}
TUNED_RANKING = {"packed": "", "packed, sdpa": "--attention sdpa"}
DENSE = {name: TRAINING[name] for name in TRAINING if "published" not in name}
NATIVE = {"native dropout": "--dropout native", "native dropout, sdpa": "--dropout native --attention sdpa"}
ROLLOUT = {
    "all encoded": "--encode all --scores all --layout dense",
    "clicked encoded": "--scores all --layout dense",
}
TUNED_ROLLOUT = {
    "clicked encoded, packed": "--scores all",
    "clicked encoded and scored": "--layout dense",
    "clicked encoded and scored, packed": "",
    "clicked encoded and scored, packed, 256 users at a time": "--block 256",
}


class Failure(Exception):
    pass


@dataclass
class Row:
    """A piece of work, as both sides are asked for it. `{data}` stands for the folder of data."""

    name: str
    title: str
    key: str  # what both sides call their result
    beckon: str
    program: str = ""  # none: Beckon on one thread is the other side
    usual: dict = field(default_factory=lambda: {"the only one": ""})
    tuned: dict = field(default_factory=dict)

    @property
    def variants(self):
        return self.usual | self.tuned

    @property
    def is_rate(self):
        return self.key.endswith("PerSecond")


ML = "--dataset movielens-100k --data {data}"
ML_FILE = "--ratings {data}/ml-100k/u.data"
BEAUTY, BEAUTY_FILE = "--dataset {data}/beauty/Beauty.txt", "--sequences {data}/beauty/Beauty.txt"
LASTFM, LASTFM_FILE = "--dataset {data}/lastfm/lastfm.txt", "--sequences {data}/lastfm/lastfm.txt"
EPOCH, SPEED = "secondsPerEpoch", "userRoundsPerSecond"
ROLLOUT_COMMAND = f"rollout {LASTFM} --targets 4"
TRAIN_ML = f"train {ML} --encoder sasrec"
ROWS = [
    Row("sasrec-ml-100k", "SASRec, training epoch, MovieLens-100K", EPOCH, TRAIN_ML,
        f"sasrec.py {ML_FILE} --repeats 5", TRAINING, TUNED_TRAINING | COMPILED),
    Row("sasrec-beauty", "SASRec, training epoch, Beauty", EPOCH,
        f"train {BEAUTY} --encoder sasrec --epochs 3", f"sasrec.py {BEAUTY_FILE} --repeats 2",
        TRAINING, TUNED_TRAINING),
    Row("iclrec-beauty-real", "ICLRec, training epoch, Beauty, means over items", EPOCH,
        f"train {BEAUTY} --encoder iclrec --set encoder.pooling=real --epochs 3",
        f"iclrec.py {BEAUTY_FILE} --pooling real", DENSE, TUNED_TRAINING),
    Row("iclrec-beauty-all", "ICLRec, training epoch, Beauty, all slots as published", EPOCH,
        f"train {BEAUTY} --encoder iclrec --set encoder.pooling=all --epochs 2",
        f"iclrec.py {BEAUTY_FILE} --pooling all", NATIVE, {"random bytes": ""}),
    Row("evaluate-ml-100k", "SASRec, ranking all items for all users, MovieLens-100K", "seconds",
        f"evaluate {ML} --encoder sasrec", f"sasrec.py {ML_FILE} --task evaluate --repeats 9",
        RANKING | {"dense, compiled": COMPILED["dense, random bytes, compiled"]}, TUNED_RANKING),
    Row("evaluate-beauty", "SASRec, ranking all items for all users, Beauty", "seconds",
        f"evaluate {BEAUTY} --encoder sasrec", f"sasrec.py {BEAUTY_FILE} --task evaluate", RANKING, TUNED_RANKING),
    Row("rollout-lastfm", "ITMPRec, roll-out, LastFM", SPEED, ROLLOUT_COMMAND,
        f"rollout.py {LASTFM_FILE} --targets 4", ROLLOUT, TUNED_ROLLOUT),
    Row("rollout-lastfm-released-loop", "ITMPRec, roll-out, LastFM, against the released code's loop", SPEED,
        ROLLOUT_COMMAND, f"rollout.py {LASTFM_FILE} --targets 1 --loop released"),
    Row("graphau-ml-100k", "GraphAU, training epoch, MovieLens-100K", EPOCH,
        f"embeddings {ML} --embeddings graphau", f"graphau.py {ML_FILE}",
        {"pdist": "--uniformity pdist"}, {"distinct rows, derivative by hand": ""}),
    Row("threads-training", "SASRec, training epoch, MovieLens-100K", EPOCH, TRAIN_ML),
    Row("threads-rollout", "ITMPRec, roll-out, LastFM", SPEED, ROLLOUT_COMMAND),
]


class Runner:
    def __init__(self, options):
        self.options = options

    def output(self, command):
        """The JSON that a command prints."""
        print("  " + shlex.join(command), file=sys.stderr, flush=True)
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except OSError as error:
            raise Failure(str(error)) from None
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            raise Failure(lines[-1] if "Traceback" in done.stderr else lines[0])
        try:
            return json.loads(done.stdout)
        except ValueError:
            raise Failure(f"not JSON: {done.stdout[:100]!r}") from None

    def beckon(self, row, threads):
        arguments = shlex.split(f"{row.beckon} --threads {threads} --json")
        return self.output([self.options.beckon, "bench", *self.filled(arguments)])

    def pytorch(self, row, variant):
        program, *arguments = shlex.split(f"{row.program} --threads {self.options.threads} {row.variants[variant]}")
        return self.output([sys.executable, str(HERE / program), *self.filled(arguments)])

    def filled(self, arguments):
        return [argument.replace("{data}", self.options.data) for argument in arguments]

    def run(self, row):
        """Everything measured for a row."""
        record = {"name": row.name, "load": os.getloadavg()}
        first = self.beckon(row, self.options.threads)
        sides = {"beckon": lambda: self.beckon(row, self.options.threads)}
        if row.program:
            record["variants"], record["fastest"] = {}, {}
            for form in ("usual", "tuned"):
                if times := self.once(row, getattr(row, form), first, record["variants"]):
                    fastest = (max if row.is_rate else min)(times, key=times.get)
                    record["fastest"][form] = fastest
                    sides[form] = lambda fastest=fastest: self.pytorch(row, fastest)
            if len(sides) == 1:
                raise Failure(next(iter(record["variants"].values())))
        else:
            sides["one"] = lambda: self.beckon(row, 1)
        record |= {side: [] for side in sides}
        for turn in range(self.options.pairs):
            for side in sorted(sides, reverse=turn % 2 == 1):
                record[side].append(self.value(row, sides[side]()))
        return record

    def once(self, row, variants, first, found):
        """The time of each variant that works; `found` gets them all."""
        times = {}
        for variant in variants:
            try:
                result = self.pytorch(row, variant)
                times[variant] = found[variant] = self.value(row, result)
            except Failure as failure:
                found[variant] = f"failed: {failure}"
                continue
            for count in ("users", "items"):
                if first.get(count, result[count]) != result[count]:
                    raise Failure(f"{first[count]} {count} in Beckon and {result[count]} in PyTorch")
        return times

    def value(self, row, result):
        if row.key not in result:
            raise Failure(f"no '{row.key}' in what it printed")
        return result[row.key]


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def cell(row, values):
    unit = "/s" if row.is_rate else " s"
    return f"{number(statistics.median(values))}{unit} ({number(min(values))}–{number(max(values))})"


def times_as_fast(row, record, side):
    ratio = statistics.median(record[side]) / statistics.median(record["beckon"])
    return 1 / ratio if row.is_rate else ratio


def table(rows, records, titles):
    """A row a piece of work; `titles` are the heads of the sides that Beckon is compared with."""
    heads = ["work", "Beckon", *(head for title in titles.values() for head in (title, "times"))]
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    for row in rows:
        record = records[row.name]
        if "failed" in record:
            cells = [f"failed: {record['failed']}"]
        else:
            cells = [cell(row, record["beckon"])]
            for side in titles:
                present = side in record
                cells += [cell(row, record[side]), f"{times_as_fast(row, record, side):.3g}"] if present else ["", ""]
        cells += [""] * (len(heads) - 1 - len(cells))
        lines.append(f"| {row.title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--beckon", default=str(ROOT / ".build/release/beckon"), metavar="PATH")
    parser.add_argument("--data", default=os.environ.get("BECKON_DATA"), metavar="DIR", help="BECKON_DATA if not given")
    parser.add_argument("--only", default="", metavar="NAME,…", help=", ".join(row.name for row in ROWS))
    parser.add_argument("--pairs", type=int, default=5, metavar="N")
    parser.add_argument("--threads", type=int, default=2, metavar="N")
    parser.add_argument("--json", metavar="FILE", help="where every single value goes")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else [row.name for row in ROWS]
    unknown = set(names) - {row.name for row in ROWS}
    if unknown or not options.data or options.pairs < 1:
        parser.error(f"no such row: {', '.join(unknown)}" if unknown else "--data DIR and at least one pair are needed")
    try:
        import torch
        version = torch.__version__
    except ImportError:
        version = "none"
    machine = {
        "processor": processor(), "cores": os.cpu_count(), "system": platform.platform(), "threads": options.threads,
        "torch": version, "python": platform.python_version(), "load": os.getloadavg(), "pairs": options.pairs,
    }

    runner, records = Runner(options), {}
    rows = [row for row in ROWS if row.name in names]
    for row in rows:
        print(row.name, file=sys.stderr, flush=True)
        try:
            records[row.name] = runner.run(row)
        except Failure as failure:
            records[row.name] = {"name": row.name, "failed": str(failure)}
        if options.json:
            everything = {"machine": machine, "rows": list(records.values())}
            pathlib.Path(options.json).write_text(json.dumps(everything, indent=1) + "\n")

    print(
        f"{machine['processor']}, {machine['cores']} cores, {options.threads} threads, PyTorch {version}, Python "
        f"{machine['python']}; medians of {options.pairs} turns (least–greatest); load average before: "
        f"{machine['load'][0]:.2f}\n")
    opponents, scaling = [row for row in rows if row.program], [row for row in rows if not row.program]
    if opponents:
        print(table(opponents, records, {"usual": "PyTorch as usual", "tuned": "PyTorch tuned alike"}) + "\n")
        for row in opponents:
            variants = records[row.name].get("variants", {})
            chosen = records[row.name].get("fastest", {}).values()
            shown = [
                f"{'**' * (name in chosen)}{name}{'**' * (name in chosen)} "
                + (value if isinstance(value, str) else number(value)) for name, value in variants.items()]
            if shown:
                print(f"- {row.title}, each form of PyTorch once: {'; '.join(shown)}")
        print()
    if scaling:
        print(table(scaling, records, {"one": "one thread"}))


if __name__ == "__main__":
    main()
