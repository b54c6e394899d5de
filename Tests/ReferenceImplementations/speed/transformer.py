"""The post-norm transformer of the S3Rec family in eager PyTorch, as fast as the operators allow.

Width 64, 2 layers, 2 heads, feed-forward 256 with exact GELU, learned positions, layer norm (eps 1e-12) behind the sum
with each residual, scores by dot products with the item table. Query, key and value are one product.

A batch of windows is laid out in one of two ways:

    dense   every slot of a window is a row, pads too, as published trainers have it. A slot attends to the items up to
            itself (-10000 is added elsewhere); a pad before the first item therefore to all slots alike.
    packed  only items are rows, which is what Beckon computes. Attention takes windows of similar length together,
            `groups` of them, each padded behind its items to its longest window.

Attention is `manual` (two products and a softmax) or `sdpa` (F.scaled_dot_product_attention). Dropout is `native`
(F.dropout) or takes its choices from `bytes`, eight out of each random number, which costs a sixth on CPUs where
bernoulli_ is slow; sdpa draws its own.
"""

import math
from typing import NamedTuple, Optional

import torch
import torch.nn as nn
import torch.nn.functional as F

from common import LENGTH

WIDTH, INNER, LAYERS, HEADS, RATE = 64, 256, 2, 2, 0.5
FUTURE = torch.full((LENGTH, LENGTH), -10000.0).triu(1)


class Group(NamedTuple):
    """Windows whose attention is one product."""

    windows: torch.Tensor  # numbers of these windows
    length: int  # slots of each
    rows: int  # how many rows of the batch are theirs: a group's rows follow those of the group before
    slots: Optional[torch.Tensor]  # the slot of each of these rows, windows one after the other; None: all in order
    mask: torch.Tensor  # added to scores
    last_mask: torch.Tensor  # added to scores of the last item of each window


class Windows:
    """The rows that a batch of windows [windows, LENGTH] is computed in."""

    def __init__(self, items, layout, groups=8):
        is_item = items > 0
        self.count = len(items)
        if layout == "dense":
            self.order = torch.arange(self.count)
            self.items = items.reshape(-1)
            self.positions = torch.arange(LENGTH).repeat(self.count)
            self.owners = self.order.repeat_interleave(LENGTH)
            self.item_rows = is_item.reshape(-1).nonzero()[:, 0]
            self.last = torch.arange(LENGTH - 1, len(self.items), LENGTH)
            seen = is_item[:, None, None, :] & (FUTURE == 0)
            mask = torch.where(seen, 0.0, -10000.0)
            self.groups = [Group(self.order, LENGTH, len(self.items), None, mask, mask[:, :, -1:])]
        else:
            self.order = is_item.sum(1).argsort()
            is_item = is_item[self.order]
            window, self.positions = is_item.nonzero(as_tuple=True)
            self.items = items[self.order][is_item]
            self.owners = self.order[window]
            self.item_rows = None
            lengths = is_item.sum(1)
            ends = lengths.cumsum(0)
            self.last = torch.empty_like(ends)
            self.last[self.order] = ends - 1
            self.groups = list(self.similar(lengths, ends, window, groups))
        self.is_item = is_item

    def similar(self, lengths, ends, window, groups):
        """Windows in order of length, cut into groups."""
        starts = ends - lengths
        size = math.ceil(self.count / groups)
        for first in range(0, self.count, size):
            after = min(self.count, first + size)
            longest = int(lengths[after - 1])
            if longest == 0:
                continue
            rows = torch.arange(int(starts[first]), int(ends[after - 1]))
            slots = None
            if len(rows) < (after - first) * longest:
                slots = (window[rows] - first) * longest + rows - starts[window[rows]]
            beyond = torch.arange(longest) >= lengths[first:after, None]
            last_mask = torch.where(beyond, -10000.0, 0.0)[:, None, None, :]
            yield Group(self.order[first:after], longest, len(rows), slots, FUTURE[:longest, :longest], last_mask)

    def parts(self, rows):
        """Each group with its rows."""
        return zip(self.groups, rows.split([group.rows for group in self.groups]))

    def of_items(self, rows):
        """Those rows that are items."""
        return rows if self.item_rows is None else rows[self.item_rows]

    def beside_items(self, table):
        """What stands beside each item in a table of the same shape as the windows."""
        return table[self.order][self.is_item]

    def means(self, rows, keeps_pads):
        """The mean of each window's rows: of all slots, or of the items."""
        if keeps_pads:
            return rows.view(self.count, LENGTH, -1).mean(1)
        owners = self.of_items(self.owners)
        lengths = torch.bincount(owners, minlength=self.count).clamp(min=1)
        return rows.new_zeros(self.count, rows.shape[1]).index_add(0, owners, self.of_items(rows)) / lengths[:, None]


class Dropout(nn.Module):
    """F.dropout, or the same with a random byte for each element: the rate is then a multiple of 1/256."""

    def __init__(self, rate, source):
        super().__init__()
        self.rate, self.source = rate, source

    def forward(self, x):
        if self.source == "native" or not self.training:
            return F.dropout(x, self.rate, self.training)
        numbers = torch.randint(-2**63, 2**63 - 1, (-(-x.numel() // 8),))
        threshold = round(256 * self.rate)
        kept = numbers.view(torch.uint8)[:x.numel()].view(x.shape) >= threshold
        return x * (kept.to(x.dtype) * (256 / (256 - threshold)))


class Block(nn.Module):
    def __init__(self, drop, attention):
        super().__init__()
        self.attention, self.drop = attention, drop
        self.qkv, self.dense, self.norm1 = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH), norm()
        self.inner, self.outer, self.norm2 = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH), norm()

    def forward(self, x, batch, last_only):
        if last_only:
            mixed, x = self.attend_from_last(x, batch), x[batch.last]
        else:
            mixed = torch.cat([self.attend(*part) for part in batch.parts(self.qkv(x))])
        y = self.norm1(x + self.drop(self.dense(mixed)))
        return self.norm2(y + self.drop(self.outer(F.gelu(self.inner(y)))))

    def attend(self, group, qkv):
        q, k, v = heads(group, qkv, 3)
        mixed = self.mix(q, k, v, group.mask).transpose(1, 2).reshape(-1, WIDTH)
        return mixed if group.slots is None else mixed[group.slots]

    def attend_from_last(self, x, batch):
        """What the last item of each window attends to."""
        query = F.linear(x[batch.last], self.qkv.weight[:WIDTH], self.qkv.bias[:WIDTH])
        mixed = torch.zeros_like(query)
        for group, kv in batch.parts(F.linear(x, self.qkv.weight[WIDTH:], self.qkv.bias[WIDTH:])):
            k, v = heads(group, kv, 2)
            q = query[group.windows].view(-1, HEADS, 1, WIDTH // HEADS)
            mixed[group.windows] = self.mix(q, k, v, group.last_mask).reshape(-1, WIDTH)
        return mixed

    def mix(self, q, k, v, mask):
        if self.attention == "sdpa":
            rate = self.drop.rate if self.training else 0.0
            return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=rate)
        scores = q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + mask
        return self.drop(scores.softmax(-1)) @ v


def heads(group, rows, parts):
    """Queries, keys and values, or some of them: each [windows, heads, slots, width of a head]."""
    if group.slots is not None:
        padded = rows.new_zeros(len(group.windows) * group.length, rows.shape[1])
        rows = padded.index_copy(0, group.slots, rows)
    return rows.view(-1, group.length, parts, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)


def norm():
    return nn.LayerNorm(WIDTH, eps=1e-12)


class Transformer(nn.Module):
    """Weights N(0, 0.02), biases 0; row 0 of the item table is the pad, which look-ups send no gradient."""

    def __init__(self, rows, attention="manual", dropout="native"):
        super().__init__()
        self.item, self.position = nn.Embedding(rows, WIDTH, padding_idx=0), nn.Embedding(LENGTH, WIDTH)
        self.norm, self.drop = norm(), Dropout(RATE, dropout)
        self.blocks = nn.ModuleList(Block(self.drop, attention) for _ in range(LAYERS))
        for part in self.modules():
            if isinstance(part, (nn.Linear, nn.Embedding)):
                nn.init.normal_(part.weight, std=0.02)
            if isinstance(part, nn.Linear):
                nn.init.zeros_(part.bias)

    def forward(self, batch, last_only=False):
        """The hidden vector of each row, or of the last slot of each window."""
        x = self.drop(self.norm(self.item(batch.items) + self.position(batch.positions)))
        for number, block in enumerate(self.blocks):
            x = block(x, batch, last_only and number == LAYERS - 1)
        return x
