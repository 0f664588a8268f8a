"""Exporting trained detector weights, and the proof that the inference model finds what they find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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

PARITY_ROWS = 40  # validation images on which trained and exported model are compared, spread evenly over the list
TOLERANCE = 1e-3  # of a probability; float32 arithmetic in another order changes it by some 1e-6


def export_and_compare(config: RunConfig, weights: Path, lists: Lists, model_dir: Path) -> dict[str, Any]:
    """Write the inference model and compare maps and boxes; see `ocrflow.tasks.tools.TaskTools.export`."""
    from ocrflow.inference.export import export_detector

    longest_side = int(trained_facts(weights, "longest_side")["longest_side"])
    net = trained_net(config.Global.model, weights, lists)
    export_detector(net, model_dir, config.Global.model, longest_side)
    return compare(net, model_dir, lists)


def compare(net: Any, model_dir: Path, lists: Lists) -> dict[str, Any]:
    """The maps of the trained and the exported model on the same validation images, and the boxes found in them.

    Two boxes are the same when they overlap by more than half: a probability just at the threshold may move a corner.

    Raises:
        DataError: the maps differ, or a box has no counterpart; names the image.
    """
    import paddle

    from ocrflow.inference.detector import Detector

    rows = spread(lists.val, PARITY_ROWS)
    detector = Detector(model_dir)
    difference, boxes = 0.0, 0
    for row in rows:
        image_HWC = read_bgr(lists.root / row.image)
        with paddle.no_grad():
            input_3HW = normalize(resize(image_HWC, detector.info.longest_side))
            trained_HW = net(paddle.to_tensor(input_3HW[None]))[0, 0].numpy()
        (exported_HW,) = detector.maps([image_HWC])
        difference = max(difference, float(np.abs(trained_HW - exported_HW).max()))
        hw = image_HWC.shape[0], image_HWC.shape[1]
        maps = trained_HW, exported_HW
        expected, found = (list(boxes_of_map(map_HW, detector.info.boxes, hw)[0]) for map_HW in maps)
        counts = count_matches(expected, [False] * len(expected), found)
        boxes += len(expected)
        if difference > TOLERANCE or not counts.matched == counts.labelled == counts.found:
            message = f"{row.image}: the trained model finds {len(expected)} boxes, the exported one {len(found)}"
            raise DataError(f"{message}, of which {counts.matched} are the same; the maps differ by {difference:.2g}")
    return {"rows": len(rows), "boxes": boxes, "box_mismatches": 0, "max_map_difference": difference}
