"""The detectors: backbone, neck and head under their official names.

Settings follow PaddleOCR `configs/det/PP-OCRv4`, `PP-OCRv5` and `PP-OCRv6`.
"""

from __future__ import annotations

import paddle
from paddle import nn

from ocrflow.nets.db_head import DBHead


class DetectionNet(nn.Layer):
    """Images N x 3 x H x W (float32, BGR, normalised; H and W multiples of 32) -> maps of the same size, 0..1.

    Eval mode: N x 1 x H x W, the probability of text (shrunk, so that lines do not touch). Training mode:
    N x 3 x H x W, that map (shrink map), the threshold map, and the one binarised by the other; with `auxiliary` and a
    network that has such heads (PP-OCRv6) three more of each of three levels of the neck: N x 12 x H x W.

    Attributes:
        class_tensors: none; a detector has no classes.
    """

    class_tensors: frozenset[str] = frozenset()

    def __init__(self, backbone: nn.Layer, neck: nn.Layer, head: DBHead):
        super().__init__()
        self.backbone = backbone
        self.neck = neck
        self.head = head

    def forward(self, x_N3HW: paddle.Tensor, auxiliary: bool = False) -> paddle.Tensor:
        features_NCHW, levels = self.neck(self.backbone(x_N3HW))
        return self.head(features_NCHW, levels if auxiliary else None)


def tiny_det_v6(training_branches: bool) -> DetectionNet:
    """PP-OCRv6_tiny_det: 0.5 M parameters."""
    return _det_v6("tiny", 64, 5, training_branches)


def small_det_v6(training_branches: bool) -> DetectionNet:
    """PP-OCRv6_small_det."""
    return _det_v6("small", 96, 7, training_branches)


def _det_v6(size: str, channels: int, kernel: int, training_branches: bool) -> DetectionNet:
    from ocrflow.nets.lcnet_v4_det import PPLCNetV4Det
    from ocrflow.nets.rep_lk_fpn import RepLKFPN

    backbone = PPLCNetV4Det(size)
    neck = RepLKFPN(backbone.out_channels, channels, kernel)
    return DetectionNet(backbone, neck, DBHead(channels, training_branches, auxiliary=True))


def mobile_det(training_branches: bool) -> DetectionNet:
    """PP-OCRv4_mobile_det and PP-OCRv5_mobile_det."""
    from ocrflow.nets.lcnet_v3 import PPLCNetV3
    from ocrflow.nets.rse_fpn import RSEFPN

    backbone = PPLCNetV3(scale=0.75, det=True)
    assert isinstance(backbone.out_channels, list)
    return DetectionNet(backbone, RSEFPN(backbone.out_channels, 96), DBHead(96, training_branches))


def server_det_v4(training_branches: bool) -> DetectionNet:
    """PP-OCRv4_server_det."""
    from ocrflow.nets.hgnet import PPHGNetSmall

    return _server_det(PPHGNetSmall(det=True), training_branches)


def server_det_v5(training_branches: bool) -> DetectionNet:
    """PP-OCRv5_server_det."""
    from ocrflow.nets.hgnet_v2 import PPHGNetV2B4

    return _server_det(PPHGNetV2B4(det=True), training_branches)


def _server_det(backbone: nn.Layer, training_branches: bool) -> DetectionNet:
    from ocrflow.nets.lk_pan import LKPAN
    from ocrflow.nets.pf_head import PFHeadLocal

    return DetectionNet(backbone, LKPAN(backbone.out_channels, 256), PFHeadLocal(256, training_branches))
