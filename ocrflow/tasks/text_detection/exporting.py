"""Exporting trained detector weights, and the proof that the inference model finds what they find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrflow.config import RunConfig
from ocrflow.data.images import read_bgr
from ocrflow.data.lists import Lists
from ocrflow.errors import DataError
from ocrflow.inference.det_preprocess import normalize, resize
from ocrflow.tasks.text_detection.metric import count_matches
from ocrflow.tasks.text_detection.postprocess import boxes_of_map
from ocrflow.tasks.tools import spread
from ocrflow.tasks.trained import trained_facts, trained_net

if TYPE_CHECKING:
    from ocrflow.inference.detector import Detector

PARITY_ROWS = 40  # validation images on which trained and exported model are compared, spread evenly over the list
TOLERANCE = 1e-3  # of a probability; float32 arithmetic in another order changes it by some 1e-6


def export_and_compare(config: RunConfig, weights: Path, lists: Lists, model_dir: Path) -> dict[str, Any]:
    """Write the inference model and compare maps and boxes; see `ocrflow.tasks.tools.TaskTools.export`."""
    from ocrflow.inference.export import export_detector

    facts = trained_facts(weights, "longest_side")
    net = trained_net(config.Global.model, weights, lists)
    export_detector(net, model_dir, config.Global.model, facts["longest_side"], facts.get("box_thresh"))
    parity = compare(net, model_dir, lists)
    return parity | ({"onnx": write_and_compare_onnx(model_dir, lists)} if config.Export.onnx else {})


def compare(net: Any, model_dir: Path, lists: Lists) -> dict[str, Any]:
    """The maps of the trained and the exported model on the same validation images, and the boxes found in them.

    Raises:
        DataError: the maps differ, or a box has no counterpart; names the image.
    """
    import paddle

    from ocrflow.inference.detector import Detector

    detector = Detector(model_dir, engine="paddle")

    def trained_map(image_HWC: np.ndarray) -> np.ndarray:
        with paddle.no_grad():
            input_3HW = normalize(resize(image_HWC, detector.info.longest_side))
            return net(paddle.to_tensor(input_3HW[None]))[0, 0].numpy()

    return _compare(trained_map, detector, lists, ("the trained model", "the exported one"))


def write_and_compare_onnx(model_dir: Path, lists: Lists) -> dict[str, Any]:
    """Write inference.onnx; maps and boxes of Paddle and ONNX Runtime as `compare` has them.

    Raises:
        OutsideError: the file cannot be written.
        DataError: as `compare`. There is no inference.onnx then.
    """
    from ocrflow.inference.detector import Detector
    from ocrflow.inference.onnx_file import write_onnx

    file = write_onnx(model_dir)
    paddle, onnx = (Detector(model_dir, engine=engine) for engine in ("paddle", "onnxruntime"))
    try:
        return _compare(lambda image_HWC: paddle.maps([image_HWC])[0], onnx, lists, ("Paddle", "ONNX Runtime"))
    except DataError:
        file.unlink()
        raise


def _compare(
    map_of: Callable[[np.ndarray], np.ndarray], detector: Detector, lists: Lists, names: tuple[str, str]
) -> dict[str, Any]:
    """Two boxes are the same when they overlap by more than half: a probability just at the threshold may move one."""
    rows = spread(lists.val, PARITY_ROWS)
    difference, boxes = 0.0, 0
    for row in rows:
        image_HWC = read_bgr(lists.root / row.image)
        maps = map_of(image_HWC), detector.maps([image_HWC])[0]
        difference = max(difference, float(np.abs(maps[0] - maps[1]).max()))
        hw = image_HWC.shape[0], image_HWC.shape[1]
        expected, found = (list(boxes_of_map(map_HW, detector.info.boxes, hw)[0]) for map_HW in maps)
        counts = count_matches(expected, [False] * len(expected), found)
        boxes += len(expected)
        if difference > TOLERANCE or not counts.matched == counts.labelled == counts.found:
            message = f"{row.image}: {names[0]} finds {len(expected)} boxes, {names[1]} {len(found)}"
            raise DataError(f"{message}, of which {counts.matched} are the same; the maps differ by {difference:.2g}")
    return {"rows": len(rows), "boxes": boxes, "box_mismatches": 0, "max_map_difference": difference}
