"""A recogniser: backbone and head under their official names."""

from __future__ import annotations

import paddle
from paddle import nn

from ocrflow.nets.ctc_head import GuidedCTCHead, MultiHead
from ocrflow.nets.lcnet_v4 import PPLCNetV4Rec


class RecognitionNet(nn.Layer):
    """Images N x 3 x 48 x W (float32, BGR, -1..1) -> N x T x K: logits in training mode, probabilities in eval mode.

    T time steps, ceil(W / 4) // 2; K classes.

    Attributes:
        class_tensors: names in `state_dict()` of the tensors whose last dimension is the classes.
    """

    def __init__(self, backbone: nn.Layer, head: nn.Layer, class_tensors: frozenset[str]):
        super().__init__()
        self.backbone = backbone
        self.head = head
        self.class_tensors = class_tensors

    def forward(self, x_N3HW: paddle.Tensor) -> paddle.Tensor:
        return self.head(self.backbone(x_N3HW))


def tiny_rec_v6(num_classes: int) -> RecognitionNet:
    """PP-OCRv6_tiny_rec without its attention branch, which only guides training: 0.5 M parameters and the classes'."""
    backbone = PPLCNetV4Rec()
    head = MultiHead(GuidedCTCHead(backbone.out_channels, num_classes, c_mid=80))
    return RecognitionNet(backbone, head, frozenset(("head.ctc_head.fc2.weight", "head.ctc_head.fc2.bias")))
