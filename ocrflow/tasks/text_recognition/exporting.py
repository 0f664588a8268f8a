"""Exporting trained recogniser weights, and the proof that the inference model reads as they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.lists import Lists
from ocrflow.errors import DataError
from ocrflow.tasks.tools import spread
from ocrflow.tasks.trained import trained_facts, trained_net

PARITY_ROWS = 200  # validation rows on which trained and exported model are compared, spread evenly over the list


def export_and_compare(config: RunConfig, weights: Path, lists: Lists, model_dir: Path) -> dict[str, Any]:
    """Write the inference model and compare texts and scores; see `ocrflow.tasks.tools.TaskTools.export`."""
    from ocrflow.inference.ctc_decode import CtcCodec
    from ocrflow.inference.export import export_recognizer

    base_width = int(trained_facts(weights, "base_width")["base_width"])
    net = trained_net(config.Global.model, weights, lists, CtcCodec(lists.dictionary).num_classes)
    export_recognizer(net, model_dir, config.Global.model, lists.dictionary, base_width)
    return compare(net, model_dir, lists, base_width)


def compare(net: Any, model_dir: Path, lists: Lists, base_width: int) -> dict[str, Any]:
    """Texts and scores of the trained and the exported model on the same validation rows.

    Raises:
        DataError: a text differs; names the row and both texts.
    """
    import paddle

    from ocrflow.data.images import read_bgr
    from ocrflow.inference.ctc_decode import CtcCodec
    from ocrflow.inference.preprocess import resize_normalize
    from ocrflow.inference.recognizer import Recognizer

    rows = spread(lists.val, PARITY_ROWS)
    codec = CtcCodec(lists.dictionary)
    recognizer = Recognizer(model_dir)
    difference = 0.0
    for row in rows:
        image_HWC = read_bgr(lists.root / row.image)
        with paddle.no_grad():
            trained = codec.decode(net(paddle.to_tensor(resize_normalize(image_HWC, base_width)[None])).numpy())[0]
        exported = recognizer.predict([image_HWC])[0]
        if exported.text != trained.text:
            message = f"{row.image}: the trained model reads {trained.text!r}, the exported one {exported.text!r}"
            raise DataError(message, fix="report this: the export changed the model")
        difference = max(difference, abs(exported.score - trained.score))
    return {"rows": len(rows), "text_mismatches": 0, "max_score_difference": difference}
