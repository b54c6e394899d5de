"""Numbers for BSARecTests.swift: a forward pass of BSARec with a Fourier transform, in double precision.

Run with PyTorch: python bsarec.py
Shin et al., AAAI 2024; the weights are a formula of the parameter's place in the sorted names.
"""

import math

import torch

torch.set_default_dtype(torch.float64)
ROWS, D, N, LAYERS, HEADS, INNER, C, ALPHA = 8, 4, 6, 2, 2, 5, 3, 0.7


def shapes():
    result = {
        "item_embeddings.weight": (ROWS, D),
        "position_embeddings.weight": (N, D),
        "LayerNorm.weight": (D,),
        "LayerNorm.bias": (D,),
    }
    for layer in range(LAYERS):
        block = f"item_encoder.blocks.{layer}"
        for part in ("query", "key", "value", "dense"):
            result[f"{block}.layer.attention_layer.{part}.weight"] = (D, D)
            result[f"{block}.layer.attention_layer.{part}.bias"] = (D,)
        result[f"{block}.layer.filter_layer.sqrt_beta"] = (D,)
        for norm in ("layer.attention_layer", "layer.filter_layer", "feed_forward"):
            result[f"{block}.{norm}.LayerNorm.weight"] = (D,)
            result[f"{block}.{norm}.LayerNorm.bias"] = (D,)
        result[f"{block}.feed_forward.dense_1.weight"] = (INNER, D)
        result[f"{block}.feed_forward.dense_1.bias"] = (INNER,)
        result[f"{block}.feed_forward.dense_2.weight"] = (D, INNER)
        result[f"{block}.feed_forward.dense_2.bias"] = (D,)
    return result


def weights():
    result = {}
    for place, (name, shape) in enumerate(sorted(shapes().items())):
        count = math.prod(shape)
        values = [0.5 * math.sin(1 + place + 0.7 * i) for i in range(count)]
        offset = 1 if name.endswith("LayerNorm.weight") else 0
        result[name] = offset + torch.tensor(values).reshape(shape)
    return result


W = weights()


def norm(x, name):
    return torch.nn.functional.layer_norm(
        x, (D,), W[name + ".weight"], W[name + ".bias"], 1e-12
    )


def linear(x, name):
    return x @ W[name + ".weight"].T + W[name + ".bias"]


def attention(x, visible, name):
    def split(part):
        return linear(x, f"{name}.{part}").view(-1, N, HEADS, D // HEADS).transpose(1, 2)

    logits = split("query") @ split("key").transpose(2, 3) / math.sqrt(D // HEADS)
    logits = logits + torch.where(visible, 0.0, -10000.0)[:, None]
    mixed = (logits.softmax(-1) @ split("value")).transpose(1, 2).reshape(-1, N, D)
    return norm(linear(mixed, name + ".dense") + x, name + ".LayerNorm")


def frequencies(x, name):
    spectrum = torch.fft.rfft(x, dim=1, norm="ortho")
    spectrum[:, C // 2 + 1 :] = 0
    low = torch.fft.irfft(spectrum, n=N, dim=1, norm="ortho")
    rescaled = low + W[name + ".sqrt_beta"] ** 2 * (x - low)
    return norm(rescaled + x, name + ".LayerNorm")


def forward(ids):
    visible = (ids > 0)[:, None, :] & torch.ones(N, N, dtype=torch.bool).tril()
    x = norm(W["item_embeddings.weight"][ids] + W["position_embeddings.weight"], "LayerNorm")
    for layer in range(LAYERS):
        block = f"item_encoder.blocks.{layer}"
        filtered = frequencies(x, block + ".layer.filter_layer")
        y = ALPHA * filtered + (1 - ALPHA) * attention(x, visible, block + ".layer.attention_layer")
        inner = torch.nn.functional.gelu(linear(y, block + ".feed_forward.dense_1"))
        x = norm(linear(inner, block + ".feed_forward.dense_2") + y, block + ".feed_forward.LayerNorm")
    return x[:, -1]


# Item numbers with pad 0: a full window, a short history, and none at all.
ids = torch.tensor([[1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 7, 2], [0, 0, 0, 0, 0, 0]])
hidden = forward(ids)
loss = torch.nn.functional.cross_entropy(
    hidden @ W["item_embeddings.weight"].T, torch.tensor([7, 1, 3])
)
for row in hidden.tolist():
    print("[" + ", ".join(f"{value:.10f}" for value in row) + "],")
print(f"loss {loss.item():.10f}")
