"""Fixed numbers that both sides of a comparison can make without a file."""

import math

import torch


def matrix(number, rows, columns):
    """Element i (row-major) of matrix `number`: 0.4 * sin(1 + 2.3 * number + 0.7 * i)."""
    flat = [0.4 * math.sin(1 + 2.3 * number + 0.7 * i) for i in range(rows * columns)]
    return torch.tensor(flat, dtype=torch.float64).reshape(rows, columns)


def swift(name, tensor):
    numbers = ", ".join(f"{x:.10f}" for x in tensor.detach().reshape(-1).tolist())
    print(f"{name} = [{numbers}]")
