"""Values and gradients of torch.nn.GRU for the tests of Tape.gru: three sequences of 3, 1 and 4 tokens.

Inputs of width 2, states of width 3, no biases. The loss is the sum of states times fixed weights.
"""

import torch
from values import matrix, swift

lengths = [3, 1, 4]
x = matrix(0, sum(lengths), 2).requires_grad_()
gru = torch.nn.GRU(2, 3, bias=False, batch_first=True).double()
with torch.no_grad():
    gru.weight_ih_l0.copy_(2 * matrix(1, 9, 2))
    gru.weight_hh_l0.copy_(2 * matrix(2, 9, 3))

states = torch.cat([gru(part[None])[0][0] for part in x.split(lengths)])
(states * matrix(3, sum(lengths), 3)).sum().backward()
swift("states", states)
swift("onInput", x.grad)
swift("onInputWeights", gru.weight_ih_l0.grad)
swift("onRecurrentWeights", gru.weight_hh_l0.grad)
