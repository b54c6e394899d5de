"""The stochastic transformer of MStein and its losses in left-padded windows, with every pad computed.

d = 4, 2 heads, inner width 3, 2 layers, N = 5, 6 items and two further rows. Scores of rows that see no item are
set to 0: in single precision the published mask of -2^32 + 1 leaves nothing else of them.
"""

import torch
from torch.nn.functional import elu, layer_norm, logsigmoid
from values import matrix, swift

D, HEADS, INNER, N, ITEMS, LAYERS = 4, 2, 3, 5, 6, 2
count = 0


def next_matrix(rows, columns):
    global count
    count += 1
    return matrix(count - 1, rows, columns)


def norm_parameters():
    return next_matrix(1, D)[0], next_matrix(1, D)[0]


def linear_parameters(source, target):
    return next_matrix(target, source), next_matrix(1, target)[0]


item_mean, item_cov = next_matrix(ITEMS + 2, D), next_matrix(ITEMS + 2, D)
position_mean, position_cov = next_matrix(N, D), next_matrix(N, D)
first_norm = norm_parameters()
layers = []
for _ in range(LAYERS):
    layer = {}
    for part in ["query", "key", "value", "dense"]:
        for stream in ["mean", "cov"]:
            layer[stream, part] = linear_parameters(D, D)
    layer["norm"] = norm_parameters()
    for stream in ["mean", "cov"]:
        layer[stream, 1], layer[stream, 2] = linear_parameters(D, INNER), linear_parameters(INNER, D)
        layer[stream, "norm"] = norm_parameters()
    layers.append(layer)


def norm(x, parameters):
    return layer_norm(x, [D], parameters[0], parameters[1], 1e-12)


def linear(x, parameters):
    return x @ parameters[0].T + parameters[1]


def positive(x):
    return elu(x) + 1


def w2(m1, c1, m2, c2):
    return ((m1 - m2) ** 2).sum(-1) + ((c1.sqrt() - c2.sqrt()) ** 2).sum(-1)


def split(x):
    return x.reshape(*x.shape[:2], HEADS, D // HEADS).transpose(1, 2)


def encode(ids, updates_means):
    real = ids > 0
    mean = elu(norm(item_mean[ids] + position_mean, first_norm))
    cov = positive(norm(item_cov[ids] + position_cov, first_norm))
    visible = torch.tril(torch.ones(N, N, dtype=torch.bool)) & real[:, None, None, :]
    blind = ~visible.any(-1, keepdim=True)
    for layer in layers:
        qm, km, vm = (split(linear(mean, layer["mean", p])) for p in ["query", "key", "value"])
        qc, kc, vc = (split(positive(linear(cov, layer["cov", p]))) for p in ["query", "key", "value"])
        distance = w2(qm[:, :, :, None], qc[:, :, :, None], km[:, :, None], kc[:, :, None])
        scores = (-distance / (D // HEADS) ** 0.5).masked_fill(~visible, -torch.inf)
        a = scores.masked_fill(blind, 0).softmax(-1)
        contexts = {"mean": a @ vm, "cov": (a * a) @ vc}
        out = {}
        for stream, x in [("mean", mean), ("cov", cov)]:
            context = contexts[stream].transpose(1, 2).reshape(*x.shape)
            y = norm(linear(context, layer[stream, "dense"]) + x, layer["norm"])
            wide = linear(elu(linear(y, layer[stream, 1])), layer[stream, 2])
            out[stream] = norm(wide + y, layer[stream, "norm"])
        mean, cov = (out["mean"] if updates_means else mean), positive(out["cov"])
    return mean, cov


def windows(sequences):
    return torch.tensor([[0] * (N - len(s)) + s for s in sequences])


ids = windows([[3, 1, 4, 1], [2, 6]])
positives, negatives = windows([[1, 4, 1, 5], [6, 3]]), windows([[2, 2, 6, 3], [5, 1]])
first, second = windows([[3, 0, 4, 1], [6, 2]]), windows([[1, 3], [2, 5, 0]])
for updates_means in [True, False]:
    mean, cov = encode(ids, updates_means)
    print("fixed" if updates_means else "official")
    swift("  lastMeans", mean[:, -1])
    swift("  lastCovariances", cov[:, -1])
    real = ids > 0
    h = mean[real], cov[real]
    p, n = ((item_mean[x[real]], positive(item_cov[x[real]])) for x in [positives, negatives])
    near, far, between = w2(*h, *p), w2(*h, *n), w2(*p, *n)
    ranking = -logsigmoid(far - near).mean() + 0.3 * torch.clamp(near - between, min=0).mean()
    swift("  ranking", ranking)

    views = [encode(x, updates_means) for x in [first, second]]
    m = torch.cat([v[0].reshape(2, -1) for v in views])
    c = torch.cat([positive(v[1]).reshape(2, -1) for v in views])
    logits = 1 / (1 + w2(m[:, None], c[:, None], m[None], c[None])) / 0.05
    logits.fill_diagonal_(-torch.inf)
    swift("  contrast", torch.nn.functional.cross_entropy(logits, torch.tensor([2, 3, 0, 1])))
