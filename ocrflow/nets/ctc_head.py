"""The CTC head of the PP-OCR recognisers: features to one character distribution a time step.

Names follow PaddleOCR `rec_multi_head.py` (`ctc_head`) and `rec_ctc_head.py`.
"""

from __future__ import annotations

import math

import paddle
from paddle import nn
from paddle.nn import functional as F


def linear(c_in: int, c_out: int) -> nn.Linear:
    """A linear layer with PaddleOCR's uniform initialisation of weight and bias in +-1/sqrt(c_in)."""
    bound = 1.0 / math.sqrt(c_in)
    uniform = nn.initializer.Uniform(-bound, bound)
    return nn.Linear(c_in, c_out, weight_attr=paddle.ParamAttr(initializer=uniform), bias_attr=uniform)


# Start of the blank's bias. At 0 the network first learns to answer nothing but blanks and stays there for long; so
# low, it has to try characters first. Trained weights overwrite it.
BLANK_BIAS = -3.0


class GuidedCTCHead(nn.Layer):
    """Temporal convolution over the time steps, then two linear layers (PP-OCRv6 tiny).

    N x C x 1 x T features -> N x T x K: logits in training mode, probabilities (softmax) in eval mode.
    Class 0 is the CTC blank, then the dictionary in its order, the space last.
    """

    def __init__(self, c_in: int, num_classes: int, c_mid: int):
        super().__init__()
        self.guide_layer = nn.Sequential(
            nn.Conv1D(c_in, c_in, 5, padding=2, groups=c_in, bias_attr=False),
            nn.BatchNorm1D(c_in),
            nn.Hardswish(),
            nn.Conv1D(c_in, c_in, 1, bias_attr=False),
            nn.BatchNorm1D(c_in),
            nn.Hardswish(),
        )
        self.fc1 = linear(c_in, c_mid)
        self.fc2 = linear(c_mid, num_classes)
        with paddle.no_grad():
            self.fc2.bias[0] = BLANK_BIAS

    def forward(self, x_NC1T: paddle.Tensor) -> paddle.Tensor:
        x_NTC = self.guide_layer(x_NC1T.squeeze(2)).transpose([0, 2, 1])
        logits_NTK = self.fc2(self.fc1(x_NTC))
        return logits_NTK if self.training else F.softmax(logits_NTK, axis=2)


class MultiHead(nn.Layer):
    """Holds the CTC head under its official name; the attention branch (NRTR) that guides training comes beside it."""

    def __init__(self, ctc_head: nn.Layer):
        super().__init__()
        self.ctc_head = ctc_head

    def forward(self, x_NC1T: paddle.Tensor) -> paddle.Tensor:
        return self.ctc_head(x_NC1T)
