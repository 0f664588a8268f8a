"""Which parameters are decayed and by how much, as in PaddleOCR's networks."""

from __future__ import annotations

import paddle
import pytest
from paddle import nn
from paddle.regularizer import L2Decay

from ocrflow import nets
from ocrflow.training.decay import except_some

# How many parameters PaddleOCR's own networks except: (of batch normalisation, of the CTC head's last layers).
EXCEPTED = {
    "PP-OCRv6_tiny_rec": (0, 4),
    "PP-OCRv6_small_rec": (10, 2),
    "PP-OCRv5_mobile_rec": (254, 2),
    "PP-OCRv4_server_rec": (84, 2),
    "PP-OCRv6_tiny_det": (10, 0),
    "PP-OCRv5_mobile_det": (254, 0),
    "PP-OCRv4_server_det": (82, 0),
}


@pytest.mark.parametrize("model", EXCEPTED)
def test_what_is_excepted(model):
    net = nets.build(model, 12)
    except_some(net, 3e-5)
    own = {name: parameter.regularizer._coeff for name, parameter in net.named_parameters() if parameter.regularizer}
    norms = {name for name, factor in own.items() if factor == 0.0}
    assert (len(norms), len(own) - len(norms)) == EXCEPTED[model]
    assert all(name.startswith("backbone.") and not name.startswith("backbone.blocks_s") for name in norms)
    assert all(own[name] == pytest.approx(1e-5) and name.startswith("head.ctc_head.fc") for name in set(own) - norms)


class Net(nn.Layer):
    """A backbone with a batch normalisation, and a layer behind it."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(("conv", nn.Conv2D(1, 2, 1)), ("bn", nn.BatchNorm2D(2)))
        self.neck = nn.BatchNorm2D(2)


def test_the_optimizer_goes_by_it():
    """Without a gradient of the loss a step of SGD takes the decay's share away and nothing else."""
    net = Net()
    net.neck.weight.set_value(paddle.full([2], 4.0))
    except_some(net, 0.5)
    before = {name: parameter.numpy() for name, parameter in net.named_parameters()}
    fixed = "_mean", "_variance"
    optimizer = paddle.optimizer.SGD(0.1, net.parameters(), weight_decay=L2Decay(0.5))
    (sum(parameter.sum() for parameter in net.parameters() if not parameter.stop_gradient) * 0.0).backward()
    optimizer.step()
    shares = {name: 1.0 if name.startswith("backbone.bn.") or name.endswith(fixed) else 0.95 for name in before}
    for name, parameter in net.named_parameters():
        assert parameter.numpy() == pytest.approx(before[name] * shares[name], abs=1e-6), name
