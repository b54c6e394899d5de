"""What the programs of this folder share: options, data, and how an epoch is timed.

Users and items are numbered from 0 in the order of the file and from 1; item 0 is the pad. Leave-one-out: of a user's
sequence s the last item is asked for, the one before it would choose a model, s[:-2] is learned from.
"""

import argparse
import json
import os
import time

import numpy as np
import torch

LENGTH = 50  # newest items that are looked at


def parser(documentation):
    """Options of every program; the data are one of the first two."""
    parser = argparse.ArgumentParser(description=documentation, formatter_class=argparse.RawTextHelpFormatter)
    data = parser.add_mutually_exclusive_group(required=True)
    data.add_argument("--sequences", metavar="FILE", help="lines 'user item item ...', oldest first, items from 1")
    data.add_argument("--ratings", metavar="FILE", help="MovieLens-100K's u.data")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser


def start(options):
    """Sets threads and seeds; returns the generator that NumPy's draws come from."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    return np.random.default_rng(options.seed)


def read(options):
    """Each user's items in order of time, ties in the order of the file, and each user's ratings or None."""
    if options.sequences:
        with open(options.sequences) as file:
            sequences = [np.array(line.split()[1:], dtype=np.int64) for line in file if line.strip()]
        return sequences, None
    users, items, ratings, times = np.loadtxt(options.ratings, dtype=np.int64).T
    order = np.lexsort((times, users))
    ends = np.cumsum(np.unique(users, return_counts=True)[1])[:-1]
    return np.split(items[order], ends), np.split(ratings[order], ends)


def windows(sequences):
    """The newest items of each sequence, oldest first, pads before them: [sequences, LENGTH]."""
    table = np.zeros((len(sequences), LENGTH), dtype=np.int64)
    for row, sequence in zip(table, sequences):
        newest = sequence[-LENGTH:]
        row[LENGTH - len(newest):] = newest
    return table


def chunks(order, size):
    return [order[first:first + size] for first in range(0, len(order), size)]


def report(options, **facts):
    """One line of JSON: what was measured, on what, and with which options."""
    facts |= {"torch": torch.__version__, "load": [round(load, 2) for load in os.getloadavg()]}
    print(json.dumps(facts | {"options": vars(options)}))


def timed(count, work):
    """Seconds of each of `count` calls, and what the last call returned."""
    seconds = []
    for _ in range(count):
        begin = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - begin)
    return seconds, result
