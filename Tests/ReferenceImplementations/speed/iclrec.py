"""Speed of ICLRec in PyTorch: seconds of a training epoch.

    iclrec.py --sequences Beauty.txt [--pooling all]

An epoch: all users are encoded as they stand and their means clustered by k-means; then, 256 users a step,

    loss = next-item loss + 0.1 * contrast of two views + 0.1 * mean over the views of contrast with the intent

A view crops (keeps 0.2), masks (0.7 become pads) or reorders (0.2) the user's training sequence, each as likely. A
contrast is a softmax cross-entropy of both sides against both, dot products, temperature 1. The intent is the centroid
nearest to the mean of the sequence itself, scaled to length 1.

The same as `beckon bench train --encoder iclrec`: users, network, batches, next-item loss and Adam as in sasrec.py;
the sequence and two views of each user forward and back in a step; 32 centroids, 5 restarts of at most 20 Lloyd
iterations on all users, which stop once no user changes its cluster, the lowest sum of squares kept; which rows are
averaged. With `--pooling real` both contrasts compare means over items; with `all`, the published form, pads are
computed: the intent contrast compares means over all 50 slots, the sequence contrast the 50 vectors one after the
other.

What differs: an empty cluster stays where it was (Beckon moves it to the farthest user); with layout `dense` pads are
computed although `real` leaves them out; random draws. The views of a batch are made at once, without a Python call a
user, and go through the network together with the sequences. Needs PyTorch and NumPy. Prints one line of JSON.
"""

import itertools
import statistics

import numpy as np
import torch
import torch.nn.functional as F

from common import LENGTH, parser, read, report, start, timed
from sasrec import FastLoader
from transformer import Transformer, Windows

INTENTS, RESTARTS, ITERATIONS, WEIGHT = 32, 5, 20, 0.1
CROP, MASK, REORDER = 0.2, 0.7, 0.2


class Views:
    """Changed copies of the users' training sequences without their last items, newest items last."""

    def __init__(self, sequences, generator):
        self.generator = generator
        self.lengths = np.array([len(s) - 3 for s in sequences])
        self.ends = np.cumsum(self.lengths)
        self.items = np.concatenate([s[:-3] for s in sequences])

    def draw(self, users):
        """A view of each of these users: [users, LENGTH]."""
        n = self.lengths[users, None]
        width = n.max()
        # Places count from the sequence's own start; those before it are pads.
        places = np.arange(width) - (width - n)
        kind = self.generator.integers(0, 3, n.shape)
        share = np.where(kind == 0, CROP, REORDER)
        size = (share * n).astype(np.int64)
        first = (self.generator.random(n.shape) * np.maximum(1, n - size)).astype(np.int64)
        keys = self.generator.random(places.shape)

        size_of_crop = np.maximum(1, size)
        cropped = np.where(places >= n - size_of_crop, places - (n - size_of_crop) + first, -1)
        inside = (places >= first) & (places < first + size)
        reordered = np.argsort(np.where(inside, first + size * keys, places), axis=1) - (width - n)
        # Items with the lowest keys are masked; pads come last.
        ranks = np.argsort(np.argsort(np.where(places >= 0, keys, 2), axis=1), axis=1)
        masked = np.where(ranks < (MASK * n).astype(np.int64), -1, places)

        chosen = np.choose(kind, [cropped, masked, reordered])[:, -LENGTH:]
        starts = (self.ends - self.lengths)[users, None]
        items = np.where(chosen < 0, 0, self.items[starts + np.maximum(0, chosen)])
        return torch.from_numpy(np.pad(items, ((0, 0), (LENGTH - items.shape[1], 0))))


def nearest(points, centroids):
    """The nearest centroid of each point, and the squared distance less that of the point from 0."""
    squares, assignment = (centroids.square().sum(1) - 2 * points @ centroids.T).min(1)
    return assignment, squares


def cluster(points):
    """k-means."""
    best, lowest = None, np.inf
    for _ in range(RESTARTS):
        centroids = points[torch.randperm(len(points))[:INTENTS]]
        assignment, squares = nearest(points, centroids)
        for _ in range(ITERATIONS):
            members = F.one_hot(assignment, INTENTS).T.to(points.dtype)
            sizes = members.sum(1, keepdim=True)
            centroids = torch.where(sizes > 0, members @ points / sizes.clamp(min=1), centroids)
            before = assignment
            assignment, squares = nearest(points, centroids)
            if torch.equal(before, assignment):
                break
        if squares.sum() < lowest:
            best, lowest = centroids, float(squares.sum())
    return best


def contrast(a, b):
    """Each row of a and b must find its partner among the 2B - 1 others."""
    both = torch.cat([a, b])
    logits = (both @ both.T).fill_diagonal_(-torch.inf)
    return F.cross_entropy(logits, torch.arange(len(both)).roll(len(a)))


class ICLRec:
    def __init__(self, sequences, items, options, generator):
        self.options, self.keeps_pads = options, options.pooling == "all"
        self.layout = "dense" if self.keeps_pads else options.layout
        self.views = Views(sequences, generator)
        self.loader = FastLoader(sequences, items, options.batch, generator)
        self.inputs = torch.from_numpy(self.loader.inputs)
        self.model = Transformer(items + 2, options.attention, options.dropout)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.001, fused=True)

    def windows(self, items):
        return Windows(items, self.layout, self.options.groups)

    @torch.no_grad()
    def intents(self):
        """The centroids of all users as the model sees them now."""
        self.model.eval()
        means = []
        for part in self.inputs.split(self.options.batch):
            batch = self.windows(part)
            means.append(batch.means(self.model(batch), self.keeps_pads))
        return cluster(torch.cat(means))

    def epoch(self, steps=None):
        centroids = self.intents()
        self.model.train()
        return statistics.mean(self.step(centroids, *batch) for batch in itertools.islice(self.loader, steps))

    def step(self, centroids, users, inputs, following, negatives):
        # The sequences and both views in one pass, the sequences first.
        batch = self.windows(torch.cat([inputs, self.views.draw(users), self.views.draw(users)]))
        hidden = self.model(batch)
        own = batch.of_items(batch.owners) < len(users)
        rows = [batch.beside_items(F.pad(table, (0, 0, 0, 2 * len(users))))[own] for table in (following, negatives)]
        logits = (self.model.item(torch.stack(rows)) * batch.of_items(hidden)[own]).sum(-1)
        loss = (F.softplus(-logits[0]) + F.softplus(logits[1])).mean()

        mean, mean1, mean2 = batch.means(hidden, self.keeps_pads).chunk(3)
        with torch.no_grad():
            intents = F.normalize(centroids[nearest(mean, centroids)[0]])
        sides = hidden.view(batch.count, -1).chunk(3)[1:] if self.keeps_pads else (mean1, mean2)
        loss = loss + WEIGHT * contrast(*sides)
        loss = loss + WEIGHT / 2 * (contrast(mean1, intents) + contrast(mean2, intents))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()


def main():
    options = parser(__doc__)
    options.add_argument("--pooling", choices=["real", "all"], default="real")
    options.add_argument("--layout", choices=["dense", "packed"], default="packed", help="with --pooling real")
    options.add_argument("--attention", choices=["manual", "sdpa"], default="manual")
    options.add_argument("--dropout", choices=["native", "bytes"], default="bytes")
    options.add_argument("--groups", type=int, default=8, help="of windows of similar length, with layout packed")
    options.add_argument("--batch", type=int, default=256)
    options.add_argument("--warm-up", type=int, default=4, metavar="N", help="steps before an epoch is timed")
    options.add_argument("--repeats", type=int, default=1, metavar="N", help="epochs that are timed")
    options = options.parse_args()
    generator = start(options)
    sequences, _ = read(options)
    items = max(int(s.max()) for s in sequences)
    program = ICLRec(sequences, items, options, generator)
    program.epoch(options.warm_up)
    seconds, loss = timed(options.repeats, program.epoch)
    facts = {"users": len(sequences), "items": items, "steps": -(-len(sequences) // options.batch)}
    report(options, secondsPerEpoch=statistics.median(seconds), all=seconds, loss=loss, **facts)


if __name__ == "__main__":
    main()
