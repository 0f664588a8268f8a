"""The CTC heads of the PP-OCR recognisers: features to one character distribution a time step.

Names follow PaddleOCR `rec_ctc_head.py`. N x C x 1 x T features -> N x T x K: logits in training mode, probabilities
(softmax) in eval mode. Class 0 is the CTC blank, then the dictionary in its order, the space last.
"""

from __future__ import annotations

import math

import paddle
from paddle import nn
from paddle.nn import functional as F

# Start of the blank's bias. At 0 the network first learns to answer nothing but blanks and stays there for long; so
# low, it has to try characters first. Trained weights overwrite it.
BLANK_BIAS = -3.0


def linear(c_in: int, c_out: int) -> nn.Linear:
    """A linear layer with PaddleOCR's uniform initialisation of weight and bias in +-1/sqrt(c_in)."""
    bound = 1.0 / math.sqrt(c_in)
    uniform = nn.initializer.Uniform(-bound, bound)
    return nn.Linear(c_in, c_out, weight_attr=paddle.ParamAttr(initializer=uniform), bias_attr=uniform)


class CTCHead(nn.Layer):
    """One linear layer (PP-OCRv4 and v5, PP-OCRv6 small)."""

    last = "fc"

    def __init__(self, c_in: int, num_classes: int):
        super().__init__()
        self.fc = _classifier(c_in, num_classes)

    def forward(self, x_NC1T: paddle.Tensor) -> paddle.Tensor:
        logits_NTK = self.fc(x_NC1T.squeeze(2).transpose([0, 2, 1]))
        return logits_NTK if self.training else F.softmax(logits_NTK, axis=2)


class GuidedCTCHead(nn.Layer):
    """Temporal convolution over the time steps, then two linear layers (PP-OCRv6 tiny)."""

    last = "fc2"

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
        self.fc2 = _classifier(c_mid, num_classes)

    def forward(self, x_NC1T: paddle.Tensor) -> paddle.Tensor:
        x_NTC = self.guide_layer(x_NC1T.squeeze(2)).transpose([0, 2, 1])
        logits_NTK = self.fc2(self.fc1(x_NTC))
        return logits_NTK if self.training else F.softmax(logits_NTK, axis=2)


@paddle.no_grad()
def _classifier(c_in: int, num_classes: int) -> nn.Linear:
    layer = linear(c_in, num_classes)
    layer.bias[0] = BLANK_BIAS
    return layer
