"""Causal attention of one head, its derivative by hand, and the check that would find a mistake in it.

usage: python3 attention.py [--forget-the-mean]    with the flag, the derivative has a mistake
"""
import math
import random
import sys

N, D = 4, 3  # items of one user; width of a vector


def attention(q, k, v):
    """weights[t][s] is how much item t looks at item s ≤ t; the output is the weighted mean of the values."""
    weights, output = [], []
    for t in range(N):
        scores = [sum(a * b for a, b in zip(q[t], k[s])) / math.sqrt(D) for s in range(t + 1)]
        top = max(scores)  # changes nothing but keeps exp from overflowing
        powers = [math.exp(score - top) for score in scores]
        weights.append([power / sum(powers) for power in powers])
        output.append([sum(w * v[s][i] for s, w in enumerate(weights[t])) for i in range(D)])
    return weights, output


def gradients(q, k, v, upstream):
    """The derivatives of Σ upstream · output by q, k and v."""
    weights, _ = attention(q, k, v)
    dq, dk, dv = ([[0.0] * D for _ in range(N)] for _ in range(3))
    for t in range(N):
        # How much each weight matters; then through the softmax, whose weights push each other down.
        dw = [sum(u * x for u, x in zip(upstream[t], v[s])) for s in range(t + 1)]
        mean = sum(w * d for w, d in zip(weights[t], dw))
        if "--forget-the-mean" in sys.argv:
            mean = 0
        for s, w in enumerate(weights[t]):
            ds = w * (dw[s] - mean) / math.sqrt(D)
            for i in range(D):
                dv[s][i] += w * upstream[t][i]
                dq[t][i] += ds * k[s][i]
                dk[s][i] += ds * q[t][i]
    return dq, dk, dv


random.seed(1)
q, k, v, upstream = ([[random.gauss(0, 1) for _ in range(D)] for _ in range(N)] for _ in range(4))


def loss():
    return sum(u * o for us, os in zip(upstream, attention(q, k, v)[1]) for u, o in zip(us, os))


for row in attention(q, k, v)[0]:
    print("weights", " ".join(f"{weight:.3f}" for weight in row))
for name, matrix, derived in zip("qkv", (q, k, v), gradients(q, k, v, upstream)):
    worst, step = 0.0, 1e-5
    for t in range(N):
        for i in range(D):
            value = matrix[t][i]
            matrix[t][i] = value + step
            above = loss()
            matrix[t][i] = value - step
            measured = (above - loss()) / (2 * step)
            matrix[t][i] = value
            worst = max(worst, abs(measured - derived[t][i]) / max(abs(measured), abs(derived[t][i]), 1e-3))
    print(f"{name}: {'right' if worst < 1e-6 else 'WRONG'}")
