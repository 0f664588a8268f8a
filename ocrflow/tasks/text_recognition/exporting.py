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
    parity = compare(net, model_dir, lists, base_width)
    return parity | ({"onnx": write_and_compare_onnx(model_dir, lists)} if config.Export.onnx else {})


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
    recognizer = Recognizer(model_dir, engine="paddle")
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


def write_and_compare_onnx(model_dir: Path, lists: Lists) -> dict[str, Any]:
    """Write inference.onnx; texts and scores of ONNX Runtime and Paddle on the same validation rows.

    Raises:
        OutsideError: the file cannot be written.
        DataError: a text differs; names the row and both texts. There is no inference.onnx then.
    """
    from ocrflow.inference.onnx_file import write_onnx
    from ocrflow.inference.recognizer import Recognizer

    file = write_onnx(model_dir)
    rows = spread(lists.val, PARITY_ROWS)
    paths = [lists.root / row.image for row in rows]
    paddle, onnx = (Recognizer(model_dir, engine=engine).predict_files(paths) for engine in ("paddle", "onnxruntime"))
    difference = 0.0
    for row, expected, found in zip(rows, paddle, onnx, strict=True):
        if isinstance(expected, DataError) or isinstance(found, DataError) or found.text != expected.text:
            file.unlink()
            message = f"{row.image}: Paddle reads {_text(expected)}, ONNX Runtime {_text(found)}"
            raise DataError(message, fix="report this: the conversion changed the model; -o Export.onnx=false without")
        difference = max(difference, abs(found.score - expected.score))
    return {"rows": len(rows), "text_mismatches": 0, "max_score_difference": difference}


def _text(answer: Any) -> str:
    return str(answer) if isinstance(answer, DataError) else repr(answer.text)
