"""Golden values for IRN: preferences and loss of a tiny decoder, in PyTorch's own attention, double precision.

The window is dense here, left-padded, with the objective in its last slot, as the equations have it; Beckon packs
it. The k-th matrix has the elements 0.5*sin(1 + k + 0.7*i) for the i-th element, row-major (gains: 1 + that).

    python Tests/ReferenceImplementations/irn.py
"""
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
D, HEADS, INNER, LAYERS, N, ITEMS, USERS, UD = 4, 2, 5, 2, 6, 7, 3, 3
W_H, W_T = 0.3, 1.5


def parameters(cross):
    shapes = {
        "item_embeddings.weight": (ITEMS + 1, D), "user_embeddings.weight": (USERS, UD),
        "impressionability.weight": (1, UD), "impressionability.bias": (1, 1),
    }
    for layer in range(LAYERS):
        name = f"layers.{layer}."
        for part in ["query", "key", "value", "dense"]:
            shapes[f"{name}attention.{part}.weight"] = (D, D)
            shapes[f"{name}attention.{part}.bias"] = (1, D)
        shapes[f"{name}norm1.weight"] = shapes[f"{name}norm1.bias"] = (1, D)
        if cross:
            shapes[f"{name}cross.value.bias"] = (1, D)
            shapes[f"{name}cross.dense.weight"] = (D, D)
            shapes[f"{name}cross.dense.bias"] = (1, D)
            shapes[f"{name}norm2.weight"] = shapes[f"{name}norm2.bias"] = (1, D)
        shapes[f"{name}linear1.weight"], shapes[f"{name}linear1.bias"] = (INNER, D), (1, INNER)
        shapes[f"{name}linear2.weight"], shapes[f"{name}linear2.bias"] = (D, INNER), (1, D)
        shapes[f"{name}norm3.weight"] = shapes[f"{name}norm3.bias"] = (1, D)
    shapes["output.weight"], shapes["output.bias"] = (ITEMS, D), (1, ITEMS)
    result = {}
    for k, (name, (rows, columns)) in enumerate(shapes.items()):
        i = torch.arange(rows * columns, dtype=torch.float64)
        value = 0.5 * torch.sin(1 + k + 0.7 * i).reshape(rows, columns)
        result[name] = value + 1 if "norm" in name and name.endswith("weight") else value
    return result


def hidden(p, user, items, objective, cross):
    """All rows of the window; rows of pads are meaningless."""
    tokens = [0] * (N - 1 - len(items)) + [i + 1 for i in items] + [objective + 1 if objective is not None else 0]
    is_pad = torch.tensor([t == 0 for t in tokens])
    position = torch.tensor(
        [[(math.sin if c % 2 == 0 else math.cos)(s / 10000 ** (c // 2 * 2 / D)) for c in range(D)] for s in range(N)])
    x = (math.sqrt(D) * p["item_embeddings.weight"][tokens] + position)[None]
    r = p["user_embeddings.weight"][user] @ p["impressionability.weight"][0] + p["impressionability.bias"][0, 0]
    mask = torch.full((N, N), -math.inf)
    mask[torch.tril(torch.ones(N, N, dtype=torch.bool))] = W_H
    mask[:, N - 1] = W_T * r
    mask[:, is_pad] = -math.inf
    mask[is_pad] = 0.0  # rows of pads, lest they be not a number; nobody attends to them
    for layer in range(LAYERS):
        q = lambda part, kind: p[f"layers.{layer}.{part}.{kind}"]
        row = lambda part: q(part, "bias")[0]
        decoder = torch.nn.TransformerDecoderLayer(D, HEADS, INNER, dropout=0.0, batch_first=True)
        state = {
            "self_attn.in_proj_weight": torch.cat([q(f"attention.{a}", "weight") for a in ["query", "key", "value"]]),
            "self_attn.in_proj_bias": torch.cat([row(f"attention.{a}") for a in ["query", "key", "value"]]),
            "self_attn.out_proj.weight": q("attention.dense", "weight"),
            "self_attn.out_proj.bias": row("attention.dense"),
            "linear1.weight": q("linear1", "weight"), "linear1.bias": row("linear1"),
            "linear2.weight": q("linear2", "weight"), "linear2.bias": row("linear2"),
        }
        for norm in ["norm1", "norm3"] + (["norm2"] if cross else []):
            state[f"{norm}.weight"], state[f"{norm}.bias"] = q(norm, "weight")[0], row(norm)
        if cross:
            bias = decoder.multihead_attn.in_proj_bias.detach().clone()
            bias[2 * D:] = row("cross.value")
            state["multihead_attn.in_proj_bias"] = bias
            state["multihead_attn.out_proj.weight"] = q("cross.dense", "weight")
            state["multihead_attn.out_proj.bias"] = row("cross.dense")
        missing, unexpected = decoder.load_state_dict(state, strict=False)
        assert not unexpected
        if cross:
            x = decoder(x, torch.zeros(1, 9, D), tgt_mask=mask)
        else:
            x = decoder.norm1(x + decoder._sa_block(x, mask, None))
            x = decoder.norm3(x + decoder._ff_block(x))
    return x[0]


def logits(p, h):
    return h @ p["output.weight"].T + p["output.bias"][0]


with torch.no_grad():
    for cross in [False, True]:
        p = parameters(cross)
        print("cross", cross)
        for user, items, objective in [(0, [3, 1, 4], 6), (2, [0, 5, 2, 6, 1], 4), (1, [2, 3], None)]:
            h = hidden(p, user, items, objective, cross)
            print(user, items, objective, [round(v, 7) for v in logits(p, h[N - 2]).tolist()])
        # Samples: the last item is the objective; every other row predicts the next item.
        losses = []
        for user, sample in [(0, [3, 1, 4, 6]), (2, [0, 5, 2])]:
            h = hidden(p, user, sample[:-1], sample[-1], cross)[N - len(sample):N - 1]
            losses.append(F.cross_entropy(logits(p, h), torch.tensor(sample[1:]), reduction="none"))
        print("loss", round(torch.cat(losses).mean().item(), 7))
