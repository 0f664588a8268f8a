"""Targets, loss, boxes and score against PaddleOCR's, as measured and described in shared/reference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrflow.tasks.text_detection.metric import count_matches
from ocrflow.tasks.text_detection.postprocess import PostprocessSettings, boxes_of_map
from ocrflow.tasks.text_detection.targets import DBTargets, db_targets

REFERENCE = Path(__file__).parents[3].parent / "shared" / "reference" / "ops.json"


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    if not REFERENCE.is_file():
        pytest.skip(f"{REFERENCE} is not there; it holds what PaddleOCR gives")
    return json.loads(REFERENCE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def polygons(reference) -> list[np.ndarray]:
    return [np.array(polygon) for polygon in reference["targets"]["polygons"]]


@pytest.fixture(scope="module")
def targets(reference, polygons) -> DBTargets:
    given = reference["targets"]
    return db_targets(polygons, given["ignore"], tuple(given["image_hw"]), given["shrink_ratio"])


@pytest.mark.parametrize("name", ["shrink_map", "shrink_mask", "threshold_map", "threshold_mask"])
def test_targets(reference, targets, name):
    found, expected = getattr(targets, name), reference["targets"][name]
    assert found.dtype == np.float32 and list(found.shape) == expected["shape"]
    assert found.ravel()[expected["at"]] == pytest.approx(np.array(expected["values"]), abs=1e-5)
    assert found.sum(dtype=np.float64) == pytest.approx(expected["sum"], abs=0.01)
    assert found.mean(dtype=np.float64) == pytest.approx(expected["mean"], abs=1e-7)


def test_loss(reference, targets):
    import paddle

    from ocrflow.tasks.text_detection.loss import LossSettings, db_loss

    given = reference["db_loss"]
    logits = np.random.Generator(np.random.PCG64(7)).standard_normal((2, 3, 80, 120))
    maps = paddle.to_tensor((1 / (1 + np.exp(-logits))).astype(np.float32))
    names = ("shrink_map", "shrink_mask", "threshold_map", "threshold_mask")
    crops = tuple(paddle.to_tensor(np.stack([getattr(targets, name)[:80, :120]] * 2)) for name in names)
    settings = LossSettings(given["main_loss"], given["alpha"], given["beta"], given["ohem_ratio"])
    losses = {name: float(value) for name, value in db_loss(maps, crops, settings).items()}
    assert losses == pytest.approx({name: given[name] for name in losses}, abs=1e-5)
    assert set(losses) == {"loss", "loss_shrink_maps", "loss_threshold_maps", "loss_binary_maps"}


def test_boxes(reference, polygons):
    given = reference["db_postprocess"]
    map_HW = np.zeros((160, 240), np.float32)
    for polygon, value in zip(polygons, (0.9, 0.8, 0.75, 0.65), strict=True):
        layer = np.zeros_like(map_HW)
        cv2.fillPoly(layer, [(polygon / 2).astype(np.int32)], value)
        map_HW = np.maximum(map_HW, layer)
    settings = PostprocessSettings(given["thresh"], given["box_thresh"], unclip_ratio=given["unclip_ratio"])
    boxes, scores = boxes_of_map(map_HW, settings, (320, 480))
    assert boxes.tolist() == given["boxes"]
    assert len(scores) == 4 and (scores > given["box_thresh"]).all()


def test_score(reference, polygons):
    given = reference["det_metric"]
    origin = np.array([[0, 0], [10, 0], [10, 10], [0, 10]])
    ignored = reference["targets"]["ignore"]
    counts = count_matches(polygons, ignored, [*(polygon + 3 for polygon in polygons), origin])
    assert counts.precision == pytest.approx(given["precision"], abs=1e-12)
    assert counts.recall == pytest.approx(given["recall"], abs=1e-12)
    assert counts.hmean == pytest.approx(given["hmean"], abs=1e-12)
