"""Speed of SASRec in PyTorch: seconds of a training epoch, or of ranking all items for all users.

    sasrec.py --ratings u.data                            an epoch: one pass over the users, 256 a step
    sasrec.py --sequences Beauty.txt --task evaluate      each user's last item among all items

The same as `beckon bench train` and `beckon bench evaluate`: users and their order of events, the network (width 64, 2
layers, 2 heads, 50 positions, dropout 0.5), batches, binary cross-entropy of every position against one item outside
the user's sequence, Adam with step size 0.001; in the evaluation all items ranked after s[:-1], items met left out,
HR and NDCG at 5, 10 and 20, and only the last slot computed in the last layer. Windows and negatives are made in the
time of a step.

What differs: the table has a mask row that is never used, as in the published trainers; with layout `dense`, theirs,
pads are computed too (`packed` computes what Beckon computes); an item of equal score never counts as ranked before
the answer; `repo` computes all slots in the last layer; random draws. Beckon's time leaves out the sums of the metrics.
Needs PyTorch and NumPy; `--loader repo` also SciPy. Prints one line of JSON.

Variants: `--loader fast` draws negatives for a batch at once and counts who is ranked before the answer; `repo` works
as published trainers do: a Python call a user, negatives for the whole sequence, lists of 20 made in NumPy.
"""

import itertools
import random
import statistics

import numpy as np
import torch
import torch.nn.functional as F

from common import LENGTH, chunks, parser, read, report, start, timed, windows
from transformer import Transformer, Windows

CUTOFFS = [5, 10, 20]


class Negatives:
    """Uniform draws of items that a user has not met."""

    def __init__(self, sequences, items, generator):
        self.items, self.generator = items, generator
        self.met = np.zeros((len(sequences), items + 1), dtype=bool)
        for row, sequence in zip(self.met, sequences):
            row[sequence] = True

    def draw(self, users, is_item):
        """An item for each True of a table with a row a user; 0 elsewhere."""
        rows, columns = is_item.nonzero()
        users = users[rows]
        drawn = self.generator.integers(1, self.items + 1, len(rows))
        again = self.met[users, drawn].nonzero()[0]
        while len(again):
            drawn[again] = self.generator.integers(1, self.items + 1, len(again))
            again = again[self.met[users[again], drawn[again]]]
        table = np.zeros(is_item.shape, dtype=np.int64)
        table[rows, columns] = drawn
        return table


class FastLoader:
    """Batches of users with their items, the items that follow these, and negatives: each [users, LENGTH]."""

    def __init__(self, sequences, items, size, generator):
        self.inputs = windows([s[:-3] for s in sequences])
        self.next = windows([s[1:-2] for s in sequences])
        self.negatives, self.size, self.generator = Negatives(sequences, items, generator), size, generator

    def __iter__(self):
        for users in chunks(self.generator.permutation(len(self.inputs)), self.size):
            inputs = self.inputs[users]
            tables = inputs, self.next[users], self.negatives.draw(users, inputs > 0)
            yield users, *(torch.from_numpy(table) for table in tables)


class RepoDataset(torch.utils.data.Dataset):
    """One user a call, as published trainers load data."""

    def __init__(self, sequences, items):
        self.sequences = [s.tolist() for s in sequences]
        self.sets, self.items = [set(s) for s in self.sequences], items

    def __len__(self):
        return len(self.sequences)

    def __getitem__(self, user):
        inputs, following = self.sequences[user][:-3], self.sequences[user][1:-2]
        negatives = [self.negative(self.sets[user]) for _ in inputs]
        return user, *(torch.tensor(([0] * LENGTH + part)[-LENGTH:]) for part in (inputs, following, negatives))

    def negative(self, met):
        while (item := random.randint(1, self.items)) in met:
            pass
        return item


def train(model, optimizer, loader, options, steps=None):
    """One epoch, or some steps of one; the mean loss of its steps."""
    model.train()
    losses = []
    for _, inputs, following, negatives in itertools.islice(loader, steps):
        batch = Windows(inputs, options.layout, options.groups)
        hidden = batch.of_items(model(batch))
        rows = torch.stack([batch.beside_items(following), batch.beside_items(negatives)])
        logits = (model.item(rows) * hidden).sum(-1)
        loss = (F.softplus(-logits[0]) + F.softplus(logits[1])).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return statistics.mean(losses)


class Evaluation:
    """Every user's last item, ranked among all items."""

    def __init__(self, sequences, items, options):
        self.inputs = torch.from_numpy(windows([s[:-1] for s in sequences]))
        self.answers = torch.tensor([int(s[-1]) for s in sequences])
        counts = [len(s) - 1 for s in sequences]
        self.met_users = torch.arange(len(sequences)).repeat_interleave(torch.tensor(counts))
        self.met_items = torch.from_numpy(np.concatenate([s[:-1] for s in sequences]))
        self.met_starts = [0, *np.cumsum(counts).tolist()]
        self.items, self.options = items, options
        if options.loader == "repo":
            from scipy.sparse import csr_matrix
            met = (np.ones(len(self.met_users)), (self.met_users.numpy(), self.met_items.numpy()))
            self.table = csr_matrix(met, shape=(len(sequences), items + 1))

    @torch.inference_mode()
    def __call__(self, model):
        model.eval()
        work = self.lists if self.options.loader == "repo" else self.ranks
        places = np.concatenate([work(model, part) for part in chunks(range(len(self.inputs)), self.options.batch)])
        values = {}
        for cutoff in CUTOFFS:
            values[f"hr@{cutoff}"] = float((places < cutoff).mean())
            values[f"ndcg@{cutoff}"] = float(np.where(places < cutoff, 1 / np.log2(places + 2.0), 0).mean())
        return values

    def ranks(self, model, users):
        """How many items not met have a higher score than the answer."""
        part = slice(users.start, users.stop)
        batch = Windows(self.inputs[part], self.options.layout, self.options.groups)
        scores = model(batch, last_only=True) @ model.item.weight[:self.items + 1].T
        own = scores.gather(1, self.answers[part, None])
        met = slice(self.met_starts[users.start], self.met_starts[users.stop])
        scores[self.met_users[met] - users.start, self.met_items[met]] = -torch.inf
        scores[:, 0] = -torch.inf
        return scores.gt_(own).sum(1).long().numpy()

    def lists(self, model, users):
        """The answer's place in a list of 20, or 20: lists as published trainers make them, all positions computed."""
        part = slice(users.start, users.stop)
        batch = Windows(self.inputs[part], self.options.layout, self.options.groups)
        scores = (model(batch)[batch.last] @ model.item.weight[:self.items + 1].T).numpy()
        scores[self.table[part].toarray() > 0] = -np.inf
        scores[:, 0] = -np.inf
        best = np.argpartition(scores, -CUTOFFS[-1])[:, -CUTOFFS[-1]:]
        order = np.argsort(-np.take_along_axis(scores, best, 1), axis=1)
        best = np.take_along_axis(best, order, 1).tolist()
        answers = self.answers[part].tolist()
        return np.array([row.index(item) if item in row else len(row) for row, item in zip(best, answers)])


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--task", choices=["train", "evaluate"], default="train")
    arguments.add_argument("--layout", choices=["dense", "packed"], default="packed")
    arguments.add_argument("--attention", choices=["manual", "sdpa"], default="manual")
    arguments.add_argument("--dropout", choices=["native", "bytes"], default="bytes")
    arguments.add_argument("--loader", choices=["fast", "repo"], default="fast")
    arguments.add_argument("--compile", action="store_true", help="torch.compile; with --layout dense")
    arguments.add_argument("--groups", type=int, default=8, help="of windows of similar length, with layout packed")
    arguments.add_argument("--batch", type=int, default=256)
    arguments.add_argument("--warm-up", type=int, default=4, metavar="N", help="steps before an epoch is timed")
    arguments.add_argument("--repeats", type=int, default=3, metavar="N", help="passes that are timed")
    arguments.add_argument("--epochs", type=int, default=0, metavar="N", help="of training before an evaluation")
    options = arguments.parse_args()
    if options.compile and options.layout != "dense":
        arguments.error("--compile needs --layout dense, whose shapes stay the same")
    generator = start(options)
    random.seed(options.seed)
    sequences, _ = read(options)
    items = max(int(s.max()) for s in sequences)
    model = Transformer(items + 2, options.attention, options.dropout)
    if options.compile:
        model.compile(dynamic=False)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)
    if options.loader == "repo":
        loader = torch.utils.data.DataLoader(RepoDataset(sequences, items), options.batch, shuffle=True)
    else:
        loader = FastLoader(sequences, items, options.batch, generator)

    def epoch(steps=None):
        return train(model, optimizer, loader, options, steps)

    facts = {"users": len(sequences), "items": items, "steps": -(-len(sequences) // options.batch)}
    if options.task == "train":
        epoch(options.warm_up)
        seconds, loss = timed(options.repeats, epoch)
        report(options, secondsPerEpoch=statistics.median(seconds), all=seconds, loss=loss, **facts)
    else:
        losses = [epoch() for _ in range(options.epochs)]
        evaluation = Evaluation(sequences, items, options)
        evaluation(model)
        seconds, values = timed(options.repeats, lambda: evaluation(model))
        facts |= {"losses": losses[:1] + losses[-1:]}
        report(options, seconds=statistics.median(seconds), all=seconds, **values, **facts)


if __name__ == "__main__":
    main()
