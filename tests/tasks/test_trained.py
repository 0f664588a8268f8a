"""What is read of trained weights."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import paddle
import pytest

from ocrflow import nets
from ocrflow.errors import UsageError
from ocrflow.tasks.trained import trained_facts, trained_net

NO_LISTS = SimpleNamespace(dictionary=[], dict_file=None)


@pytest.fixture
def weights(tmp_path):
    file = tmp_path / "best.pdparams"
    file.touch()
    file.with_suffix(".info.json").write_text(json.dumps({"facts": {"longest_side": 320, "rows_val": 4}}))
    return file


def test_facts(weights):
    assert trained_facts(weights, "longest_side") == {"longest_side": 320, "rows_val": 4}
    with pytest.raises(UsageError, match=r"best\.info\.json: expected facts\.base_width of the training"):
        trained_facts(weights, "base_width")
    weights.unlink()
    with pytest.raises(UsageError, match=r"best\.pdparams: no such file\n  fix: ocrflow train first"):
        trained_facts(weights, "longest_side")


def test_a_detector_comes_without_what_only_training_needs(weights):
    net = nets.build("PP-OCRv6_tiny_det")
    paddle.save(net.state_dict(), str(weights))
    loaded = trained_net("PP-OCRv6_tiny_det", weights, NO_LISTS)
    assert not loaded.training
    assert set(loaded.state_dict()) < set(net.state_dict())
    for name, value in loaded.state_dict().items():
        assert np.array_equal(value.numpy(), net.state_dict()[name].numpy())


def test_other_weights_are_refused(weights):
    paddle.save(nets.build("PP-OCRv6_tiny_det").state_dict(), str(weights))
    with pytest.raises(UsageError, match=r"tensors do not fit, e\.g\. "):
        trained_net("PP-OCRv6_small_det", weights, NO_LISTS)
