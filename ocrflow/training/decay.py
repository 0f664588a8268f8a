"""`Train.weight_decay`: an L2 regulariser on all parameters, but for those that PaddleOCR's networks except.

Most batch normalisations of a backbone are not decayed, and the last layers of a CTC head by a third (`fc_decay`, 1e-5
beside 3e-5). The learning rates of single parameters are part of the networks.
"""

from __future__ import annotations

import re

from paddle import nn
from paddle.regularizer import L2Decay

CTC_SHARE = 1 / 3
_CTC_LAYER = re.compile(r"head\.ctc_head\.fc\d?")
# LCNetV3's branches without a convolution, and LCNetV4 behind its stem, are decayed.
_DECAYED_NORM = re.compile(r"(?!backbone\.)|.*\.identity$|.*mixer\.|backbone\.conv1\.\d")


def share_of(name: str, layer: nn.Layer) -> float:
    """The share of `Train.weight_decay` for the parameters that a layer of this name has itself."""
    if hasattr(layer, "_variance"):
        return 1.0 if _DECAYED_NORM.match(name) else 0.0
    return CTC_SHARE if _CTC_LAYER.fullmatch(name) else 1.0


def except_some(net: nn.Layer, weight_decay: float) -> None:
    """Give the parameters with another share a regulariser of their own, which goes before the optimizer's."""
    for name, layer in net.named_sublayers():
        share = share_of(name, layer)
        if share != 1.0:
            for parameter in layer.parameters(include_sublayers=False):
                if not parameter.stop_gradient:  # running statistics are no weights
                    parameter.regularizer = L2Decay(share * weight_decay)
