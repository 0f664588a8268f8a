"""The exported detector finds what the trained weights find."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import paddle
import pytest

from ocrflow import nets
from ocrflow.data.lists import lists_of
from ocrflow.errors import DataError, UsageError
from ocrflow.inference import export as exporter
from ocrflow.inference.det_model_dir import read_detector_dir
from ocrflow.tasks.text_detection.exporting import export_and_compare
from ocrflow.training import checkpoint


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Weights with training branches as a training leaves them; the network finds parts of any image."""
    paddle.seed(4)
    net = nets.build("PP-OCRv6_tiny_det")
    bias = net.head.binarize.conv3.bias
    bias.set_value(bias - 1.5)
    state = {"epoch": 1, "facts": {"longest_side": 320}}
    checkpoint.save(tmp_path, "best_accuracy", net, paddle.optimizer.Adam(parameters=net.parameters()), state)
    return tmp_path / "best_accuracy" / "best_accuracy.pdparams"


def test_parity(detection_config, weights, tmp_path):
    config = detection_config()
    parity = export_and_compare(config, weights, lists_of(config), tmp_path / "model")
    assert parity["rows"] == 4 and parity["box_mismatches"] == 0
    assert 0 < parity["max_map_difference"] < 1e-4
    assert read_detector_dir(tmp_path / "model").longest_side == 320


def test_a_changed_model_fails(detection_config, weights, tmp_path, monkeypatch):
    write = exporter.export_detector

    def spoil(net, *arguments):
        bias = net.head.binarize.conv3.bias
        kept = bias.numpy().copy()
        bias.set_value(kept + np.float32(0.5))
        write(net, *arguments)
        bias.set_value(kept)

    monkeypatch.setattr(exporter, "export_detector", spoil)
    config = detection_config()
    with pytest.raises(
        DataError, match=r"images/\d+\.jpg: the trained model finds \d+ boxes.*the maps differ by 0\.\d"
    ):
        export_and_compare(config, weights, lists_of(config), tmp_path / "model")


def test_weights_of_another_network(detection_config, weights, tmp_path):
    config = detection_config()
    other = config.model_copy(update={"Global": config.Global.model_copy(update={"model": "PP-OCRv6_small_det"})})
    with pytest.raises(UsageError, match="tensors do not fit"):
        export_and_compare(other, weights, lists_of(config), tmp_path / "model")
    assert not (tmp_path / "model").exists()
