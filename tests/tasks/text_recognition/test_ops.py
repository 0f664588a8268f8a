"""The CTC loss against PaddleOCR's, as measured and described in shared/reference."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import paddle
import pytest

from ocrflow.tasks.text_recognition.batches import Batch
from ocrflow.tasks.text_recognition.training import _summed_ctc_loss

REFERENCE = Path(__file__).parents[3].parent / "shared" / "reference" / "ops.json"


def test_ctc_loss():
    if not REFERENCE.is_file():
        pytest.skip(f"{REFERENCE} is not there; it holds what PaddleOCR gives")
    expected = json.loads(REFERENCE.read_text(encoding="utf-8"))["ctc_loss"]["loss"]
    rng = np.random.Generator(np.random.PCG64(7))
    rng.standard_normal((2, 3, 80, 120))  # drawn for the maps of the detection loss
    logits_BTK = paddle.to_tensor(rng.standard_normal((4, 40, 37)).astype(np.float32))
    labels_BL = rng.integers(1, 37, (4, 25)).astype(np.int32)
    batch = Batch(np.zeros((4, 3, 48, 8), np.float32), labels_BL, np.array([7, 5, 9, 1]), 4, 0)
    assert float(_summed_ctc_loss(logits_BTK, batch)) / 4 == pytest.approx(expected, abs=1e-5 * expected)
