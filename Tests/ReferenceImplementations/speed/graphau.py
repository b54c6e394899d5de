"""Speed of GraphAU in PyTorch: seconds of a training epoch.

    graphau.py --ratings u.data
    graphau.py --check              the uniformity of (1, 0), (0, 1), (-1, 0), which is -4.39635

Free vectors of users and items are drawn together along the edges of their graph. Of a batch of edges, with P the
vectors, Q = D^(-1/2) A D^(-1/2) P what neighbours send, all rows scaled to length 1, align(x, y) the mean of |x - y|^2
and unif(x) the log of the mean over pairs of exp(-2 |x - y|^2),

    loss = (align(P_u, P_i) + 1.4 * (align(P_u, Q_i) + align(Q_u, P_i)) / 2) / 2 + 0.4 * (unif(P_u) + unif(P_i)) / 2

The same as `beckon bench embeddings --embeddings graphau`: edges are the events of s[:-2] rated above 3, or all of
them where there are no ratings; a fifth of each user's edges, rounded down, is held out; 2048 shuffled edges a step, a
last step of a single edge left out; the whole graph propagated each step; Adam with step size 0.1 and weight decay
1e-6; after an epoch the loss of the edges held out.

What differs: random draws. Uniformity is taken over the distinct users and items of a batch, weighted by how often
they occur, with a derivative by hand, as in Beckon (`distinct`), or over all edges by torch.pdist and autograd, the
usual form (`pdist`). Needs PyTorch with MKL's sparse products, and NumPy. Prints one line of JSON.
"""

import statistics
import sys
import warnings

import numpy as np
import torch
import torch.nn.functional as F

from common import parser, read, report, start, timed

WIDTH, LAYERS, BASE, GAMMA, HELD_OUT, RATED_ABOVE = 64, 2, 1.4, 0.4, 0.2, 3
BATCH, STEP_SIZE, DECAY = 2048, 0.1, 1e-6
FORMS = ["distinct", "pdist"]


warnings.filterwarnings("ignore", message="Sparse")


def edges(sequences, ratings, generator):
    """Edges [2, count] to learn from and edges held out: rows of users and of items."""
    train, held = [], []
    for user, sequence in enumerate(sequences):
        items = sequence[:-2] - 1
        if ratings is not None:
            items = items[ratings[user][:-2] > RATED_ABOVE]
        pairs = np.stack([np.full(len(items), user), generator.permutation(items)])
        count = int(HELD_OUT * len(items))
        held.append(pairs[:, :count])
        train.append(pairs[:, count:])
    return torch.from_numpy(np.concatenate(train, 1)), torch.from_numpy(np.concatenate(held, 1))


class Propagate(torch.autograd.Function):
    """A sparse product with a fixed matrix, whose transpose is at hand for the way back."""

    @staticmethod
    def forward(context, matrix, transpose, table):
        context.transpose = transpose
        return matrix @ table

    @staticmethod
    def backward(context, gradient):
        return None, None, context.transpose @ gradient


class Graph:
    def __init__(self, edges, users, items):
        degrees = [torch.bincount(side, minlength=count).clamp(min=1) for side, count in zip(edges, (users, items))]
        weights = (degrees[0][edges[0]] * degrees[1][edges[1]]).float().rsqrt()
        matrix = torch.sparse_coo_tensor(edges, weights, (users, items)).coalesce()
        self.from_items, self.from_users = matrix.to_sparse_csr(), matrix.t().coalesce().to_sparse_csr()

    def send(self, users, items):
        """What users receive from their items, and items from their users."""
        received = Propagate.apply(self.from_items, self.from_users, items)
        return received, Propagate.apply(self.from_users, self.from_items, users)


class Uniformity(torch.autograd.Function):
    """log of the mean over pairs of exp(-2 |x_a - x_b|^2), of rows of length 1 that each stand for some equal points.

    The exponent is 4 x_a.x_b - 4, and a pair of rows counts c_a * c_b times, a row with itself c (c - 1) times. A block
    of rows at a time, so that its pairs stay in the cache. The derivative for x_a is, but for a factor, the sum of the
    other rows by weight.
    """

    @staticmethod
    def forward(context, x, counts):
        counts = counts.to(x.dtype)
        total, sums = 0.0, []
        for first in range(0, len(x), 256):
            rows = slice(first, first + 256)
            weights = (2 * x[rows] @ (2 * x).T).exp_()
            weights.diagonal(first).mul_(1 - 1 / counts[rows])
            total += float(counts[rows] @ (weights @ counts))
            sums.append(weights @ (counts[:, None] * x))
        context.save_for_backward(torch.cat(sums).mul_(8 / total * counts[:, None]))
        points = float(counts.sum())
        return x.new_tensor(total / (points * (points - 1))).log() - 4

    @staticmethod
    def backward(context, gradient):
        return gradient * context.saved_tensors[0], None


class Side:
    """The users or the items of a batch of edges: the rows of length 1 of an edge, and their uniformity."""

    def __init__(self, table, rows, form):
        self.rows, self.form = rows, form
        distinct, places, self.counts = rows.unique(return_inverse=True, return_counts=True)
        self.distinct = F.normalize(table[distinct])
        self.own = self.distinct[places]

    def of(self, table):
        return F.normalize(table[self.rows])

    def uniformity(self):
        if self.form == "pdist":
            return torch.pdist(self.own).square().mul(-2).exp().mean().log()
        return Uniformity.apply(self.distinct, self.counts)


def alignment(x, y):
    return (x - y).square().sum(1).mean()


def loss_of(tables, graph, edges, form):
    users, items = (Side(table, rows, form) for table, rows in zip(tables, edges))
    loss = alignment(users.own, items.own) / LAYERS
    for layer in range(1, LAYERS):
        tables = graph.send(*tables)
        both = alignment(users.own, items.of(tables[1])) + alignment(users.of(tables[0]), items.own)
        loss = loss + BASE**layer / LAYERS / 2 * both
    return loss + GAMMA / 2 * (users.uniformity() + items.uniformity())


def epoch(tables, optimizer, graph, train, held, form):
    """The mean losses of the edges learned from and of those held out."""
    total = 0.0
    for part in torch.randperm(train.shape[1]).split(BATCH):
        if len(part) > 1:
            loss = loss_of(tables, graph, train[:, part], form)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(part)
    with torch.no_grad():
        parts = [part for part in held.split(BATCH, dim=1) if part.shape[1] > 1]
        losses = [float(loss_of(tables, graph, part, form)) * part.shape[1] for part in parts]
    return total / train.shape[1], sum(losses) / sum(part.shape[1] for part in parts)


def main():
    if "--check" in sys.argv:
        points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
        for form in FORMS:
            print(form, f"{Side(points, torch.arange(3), form).uniformity():.5f}")
        table = torch.randn(600, WIDTH, dtype=torch.float64, requires_grad=True)
        rows = torch.randint(600, (900,))
        first, second = (torch.autograd.grad(Side(table, rows, form).uniformity(), table)[0] for form in FORMS)
        print(f"derivatives differ by {float((first - second).abs().max() / second.abs().max()):.0e}")
        return
    options = parser(__doc__)
    options.add_argument("--uniformity", choices=FORMS, default=FORMS[0])
    options.add_argument("--warm-up", type=int, default=1, metavar="N", help="epochs that are not timed")
    options.add_argument("--repeats", type=int, default=3, metavar="N", help="epochs that are")
    options = options.parse_args()
    generator = start(options)
    sequences, ratings = read(options)
    users, items = len(sequences), max(int(s.max()) for s in sequences)
    train, held = edges(sequences, ratings, generator)
    graph = Graph(train, users, items)
    tables = [torch.randn(count, WIDTH, requires_grad=True) for count in (users, items)]
    optimizer = torch.optim.Adam(tables, lr=STEP_SIZE, weight_decay=DECAY, fused=True)

    def work():
        return epoch(tables, optimizer, graph, train, held, options.uniformity)

    if options.warm_up:
        timed(options.warm_up, work)
    seconds, (loss, validation) = timed(options.repeats, work)
    facts = {"users": users, "items": items, "edges": train.shape[1], "heldOut": held.shape[1]}
    report(options, secondsPerEpoch=statistics.median(seconds), all=seconds, loss=loss, validation=validation, **facts)


if __name__ == "__main__":
    main()
