"""The recognisers: backbone and head under their official names.

Settings follow PaddleOCR `configs/rec/PP-OCRv4`, `PP-OCRv5` and `PP-OCRv6`.
"""

from __future__ import annotations

import paddle
from paddle import nn

from ocrflow.nets.ctc_head import CTCHead, GuidedCTCHead
from ocrflow.nets.lcnet_v3 import PPLCNetV3
from ocrflow.nets.lcnet_v4 import PPLCNetV4Rec
from ocrflow.nets.multi_head import MultiHead
from ocrflow.nets.svtr import LightSVTREncoder, SVTREncoder

# The attention branch's tensors that have a row or column for each of its classes, and which axis that is.
GTC_CLASS_AXES = {"head.gtc_head.embedding.embedding.weight": 0, "head.gtc_head.tgt_word_prj.weight": 1}


class RecognitionNet(nn.Layer):
    """Images N x 3 x 48 x W (float32, BGR, -1..1) -> N x T x K: logits in training mode, probabilities in eval mode.

    T time steps, ceil(W / 4) // 2; K classes. With targets (see `nrtr.NRTRDecoder`) a pair: that, and the attention
    branch's logits N x (L - 1) x K'.

    Attributes:
        class_tensors: names in `state_dict()` of the tensors whose last dimension is the CTC classes.
        gtc_class_axes: names of the tensors that have the attention branch's classes on an axis, and that axis; empty
            without the branch.
    """

    def __init__(self, backbone: nn.Layer, head: MultiHead):
        super().__init__()
        self.backbone = backbone
        self.head = head
        self.class_tensors = frozenset(f"head.ctc_head.{head.ctc_head.last}.{name}" for name in ("weight", "bias"))
        self.gtc_class_axes = GTC_CLASS_AXES if hasattr(head, "gtc_head") else {}

    def forward(
        self, x_N3HW: paddle.Tensor, gtc_targets_NL: paddle.Tensor | None = None
    ) -> paddle.Tensor | tuple[paddle.Tensor, paddle.Tensor]:
        return self.head(self.backbone(x_N3HW), gtc_targets_NL)


def mobile_rec(num_classes: int, training_branches: bool) -> RecognitionNet:
    """PP-OCRv4_mobile_rec, PP-OCRv5_mobile_rec and their language variants."""
    return _with_encoder(PPLCNetV3(scale=0.95), SVTREncoder, num_classes, training_branches)


def server_rec_v4(num_classes: int, training_branches: bool) -> RecognitionNet:
    """PP-OCRv4_server_rec and PP-OCRv4_server_rec_doc."""
    from ocrflow.nets.hgnet import PPHGNetSmall

    return _with_encoder(PPHGNetSmall(det=False), SVTREncoder, num_classes, training_branches)


def server_rec_v5(num_classes: int, training_branches: bool) -> RecognitionNet:
    """PP-OCRv5_server_rec."""
    from ocrflow.nets.hgnet_v2 import PPHGNetV2B4

    return _with_encoder(PPHGNetV2B4(det=False), SVTREncoder, num_classes, training_branches)


def small_rec_v6(num_classes: int, training_branches: bool) -> RecognitionNet:
    """PP-OCRv6_small_rec."""
    return _with_encoder(PPLCNetV4Rec("small"), LightSVTREncoder, num_classes, training_branches)


def tiny_rec_v6(num_classes: int, training_branches: bool) -> RecognitionNet:
    """PP-OCRv6_tiny_rec: 0.5 M parameters and the classes', 11.5 M more in the attention branch."""
    backbone = PPLCNetV4Rec("tiny")
    ctc_head = GuidedCTCHead(backbone.out_channels, num_classes, c_mid=80)
    head = MultiHead(backbone.out_channels, num_classes, None, ctc_head, training_branches)
    return RecognitionNet(backbone, head)


def _with_encoder(
    backbone: nn.Layer, encoder: type[SVTREncoder | LightSVTREncoder], num_classes: int, training_branches: bool
) -> RecognitionNet:
    ctc_encoder = encoder(backbone.out_channels)
    ctc_head = CTCHead(ctc_encoder.out_channels, num_classes)
    head = MultiHead(backbone.out_channels, num_classes, ctc_encoder, ctc_head, training_branches)
    return RecognitionNet(backbone, head)
