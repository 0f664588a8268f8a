"""A recogniser: backbone and head under their official names."""

from __future__ import annotations

import paddle
from paddle import nn

from ocrflow.nets.ctc_head import GuidedCTCHead, MultiHead
from ocrflow.nets.lcnet_v4 import PPLCNetV4Rec


class RecognitionNet(nn.Layer):
    """Images N x 3 x 48 x W (float32, BGR, -1..1) -> N x W//8 x K: logits in training mode, probabilities in eval mode."""

    def __init__(self, backbone: nn.Layer, head: nn.Layer):
        super().__init__()
        self.backbone = backbone
        self.head = head

    def forward(self, x_N3HW: paddle.Tensor) -> paddle.Tensor:
        return self.head(self.backbone(x_N3HW))


def tiny_rec_v6(num_classes: int) -> RecognitionNet:
    """PP-OCRv6_tiny_rec without its attention branch, which only guides training: 0.5 M parameters and the classes'."""
    backbone = PPLCNetV4Rec()
    return RecognitionNet(backbone, MultiHead(GuidedCTCHead(backbone.out_channels, num_classes, c_mid=80)))
