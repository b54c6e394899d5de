"""Last hidden vectors of the first SASRec in left-padded windows, with a mask over the pads.

d = 4, 2 heads, 2 blocks, N = 5, 7 items; torch.nn.MultiheadAttention for the attention.
"""

import torch
from torch.nn.functional import layer_norm
from values import matrix, swift

D, HEADS, N, ITEMS = 4, 2, 5, 7
sequences = [[3, 1, 4, 1, 5], [2, 6], [7]]
count = 0


def next_matrix(rows, columns):
    global count
    count += 1
    return matrix(count - 1, rows, columns)


def norm_parameters():
    return next_matrix(1, D)[0], next_matrix(1, D)[0]


def linear_parameters():
    return next_matrix(D, D), next_matrix(1, D)[0]


items, positions = next_matrix(ITEMS + 1, D), next_matrix(N, D)
blocks = []
for _ in range(2):
    block = {"norm": norm_parameters()}
    for part in ["query", "key", "value", "dense"]:
        block[part] = linear_parameters()
    block["inner_norm"] = norm_parameters()
    block["first"], block["second"] = linear_parameters(), linear_parameters()
    blocks.append(block)
last_norm = norm_parameters()


def norm(x, parameters):
    return layer_norm(x, [D], parameters[0], parameters[1], 1e-8)


ids = torch.tensor([[0] * (N - len(s)) + s for s in sequences])
real = (ids > 0).double()[..., None]
x = (items[ids] * D**0.5 + positions) * real
causal = torch.triu(torch.ones(N, N, dtype=torch.bool), 1)
for block in blocks:
    q = norm(x, block["norm"])
    attention = torch.nn.MultiheadAttention(D, HEADS, batch_first=True).double()
    with torch.no_grad():
        attention.in_proj_weight.copy_(torch.cat([block[p][0] for p in ["query", "key", "value"]]))
        attention.in_proj_bias.copy_(torch.cat([block[p][1] for p in ["query", "key", "value"]]))
        attention.out_proj.weight.copy_(block["dense"][0])
        attention.out_proj.bias.copy_(block["dense"][1])
    # A row of a pad sees no key and gives NaN, which is zeroed with the pad.
    mixed = attention(q, x, x, attn_mask=causal, key_padding_mask=ids == 0)[0].nan_to_num()
    y = norm(q + mixed, block["inner_norm"])
    wide = torch.relu(y @ block["first"][0].T + block["first"][1])
    x = (y + wide @ block["second"][0].T + block["second"][1]) * real
swift("hidden", norm(x, last_norm)[:, -1])
