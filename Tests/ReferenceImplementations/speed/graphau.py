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

What differs: random draws. Uniformity is a product of the rows with themselves and a derivative by hand, as in Beckon
(`product`), or torch.pdist left to autograd, the usual form (`pdist`). Needs PyTorch with MKL's sparse products, and
NumPy. Prints one line of JSON.
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
    """log of the mean over pairs of exp(-2 |x_a - x_b|^2), of rows of length 1, with its derivative.

    The exponent is 4 x_a.x_b - 4. A block of rows at a time, so that the table of pairs stays in the cache; the
    derivative for x_a is 4 times the mean of the other rows by weight.
    """

    @staticmethod
    def forward(context, x):
        count, total, sums = len(x), 0.0, []
        for block in (2 * x).split(256):
            weights = (block @ (2 * x).T).exp_()
            weights.diagonal(len(sums) * 256).zero_()
            total += float(weights.sum())
            sums.append(weights @ x)
        context.save_for_backward(torch.cat(sums).mul_(8 / total))
        return x.new_tensor(total / (count * (count - 1))).log() - 4

    @staticmethod
    def backward(context, gradient):
        return gradient * context.saved_tensors[0]


def uniformity(x, form):
    return Uniformity.apply(x) if form == "product" else torch.pdist(x).square().mul(-2).exp().mean().log()


def alignment(x, y):
    return (x - y).square().sum(1).mean()


def loss_of(tables, graph, edges, form):
    users, items = tables
    own_users, own_items = F.normalize(users[edges[0]]), F.normalize(items[edges[1]])
    loss = alignment(own_users, own_items) / LAYERS
    for layer in range(1, LAYERS):
        users, items = graph.send(users, items)
        both = alignment(own_users, F.normalize(items[edges[1]])) + alignment(F.normalize(users[edges[0]]), own_items)
        loss = loss + BASE**layer / LAYERS / 2 * both
    return loss + GAMMA / 2 * (uniformity(own_users, form) + uniformity(own_items, form))


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
        for form in ["product", "pdist"]:
            print(form, f"{uniformity(points, form):.5f}")
        rows = torch.randn(600, WIDTH, dtype=torch.float64, requires_grad=True)
        product, pdist = (
            torch.autograd.grad(uniformity(F.normalize(rows), form), rows)[0] for form in ["product", "pdist"])
        print(f"derivatives differ by {float((product - pdist).abs().max() / pdist.abs().max()):.0e}")
        return
    options = parser(__doc__)
    options.add_argument("--uniformity", choices=["product", "pdist"], default="product")
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
