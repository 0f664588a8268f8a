"""Building a network by its PaddleX name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ocrflow import nets
from ocrflow.errors import UsageError


def test_number_of_classes():
    import paddle

    net = nets.build("PP-OCRv6_tiny_rec", num_classes=11)
    net.eval()
    probs_NTK = net(paddle.zeros([1, 3, 48, 64])).numpy()
    assert probs_NTK.shape == (1, 8, 11)
    assert probs_NTK.sum(axis=-1) == pytest.approx(1.0, abs=1e-5)


def test_unknown_model_names_the_nearest():
    with pytest.raises(UsageError, match=r"unknown model 'PP-OCRv6_tiny_rex' \(did you mean 'PP-OCRv6_tiny_rec'\?\)"):
        nets.build("PP-OCRv6_tiny_rex", num_classes=11)


def test_a_model_without_a_network_names_one_that_has():
    message = r"PP-OCRv3_mobile_rec cannot be trained by ocrflow yet \(did you mean 'PP-OCRv[456]_mobile_rec'"
    with pytest.raises(UsageError, match=message):
        nets.require_trainable("PP-OCRv3_mobile_rec")


def test_training_branches_are_there_by_default():
    full, plain = (nets.build("PP-OCRv6_tiny_rec", 11, branches) for branches in (True, False))
    assert set(full.state_dict()) > set(plain.state_dict())
    assert set(nets.build("PP-OCRv6_tiny_rec", 11).state_dict()) == set(full.state_dict())


def test_names_are_known_without_paddle():
    code = "from ocrflow.nets import require_trainable; require_trainable('PP-OCRv6_tiny_rec')"
    subprocess.run([sys.executable, "-c", f"import sys; {code}; assert 'paddle' not in sys.modules"], check=True)
