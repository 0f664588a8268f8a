"""Writing a network as PaddleX's inference model: `inference.json`, `inference.pdiparams`, `inference.yml`.

The YAML holds what PaddleX 3.x reads: `Global.model_name`, `PreProcess.transform_ops`, `PostProcess` (a recogniser's
with the dictionary), and the input shapes for its high-performance backends.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ocrflow.files import write_failed
from ocrflow.inference.det_preprocess import LONGEST_SIDE, MEAN, MOST, STD, STRIDE
from ocrflow.inference.onnx_file import ONNX
from ocrflow.inference.preprocess import MAX_WIDTH, ROWS
from ocrflow.tasks.text_detection.postprocess import settings_of

if TYPE_CHECKING:
    from paddle import nn

FILES = ("inference.json", "inference.pdiparams", "inference.yml")


def export_recognizer(net: nn.Layer, model_dir: Path, model_name: str, dictionary: list[str], base_width: int) -> None:
    """Write the inference model of `net` into `model_dir`; other files there stay.

    Args:
        net: maps N x 3 x 48 x W to N x T x (len(dictionary) + 2) probabilities in eval mode.
        model_name: an official PaddleX name; PaddleX refuses others.
        dictionary: characters in class order, without blank and space.
        base_width: narrower images are padded to this width (pixels at 48 rows).

    Raises:
        OutsideError: the folder cannot be written.
    """
    _export(net, [-1, 3, ROWS, -1], model_dir, inference_settings(model_name, dictionary, base_width))


def export_detector(
    net: nn.Layer, model_dir: Path, model_name: str, longest_side: int = LONGEST_SIDE, box_thresh: float | None = None
) -> None:
    """Write the inference model of `net` into `model_dir`; other files there stay.

    Args:
        net: maps N x 3 x H x W (multiples of 32) to N x 1 x H x W probabilities of text in eval mode.
        model_name: an official PaddleX name; PaddleX refuses others.
        longest_side: larger images are shrunk to it (pixels).
        box_thresh: the score that a box needs; None: the model's official one.

    Raises:
        OutsideError: the folder cannot be written.
    """
    _export(net, [-1, 3, -1, -1], model_dir, detector_settings(model_name, longest_side, box_thresh))


def _export(net: nn.Layer, input_shape: list[int], model_dir: Path, settings: dict[str, Any]) -> None:
    try:
        model_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export.", dir=model_dir) as temporary:
            folder = Path(temporary)
            _save_graph(net, input_shape, folder)
            text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=120)
            (folder / "inference.yml").write_text(text, encoding="utf-8")
            (model_dir / ONNX).unlink(missing_ok=True)  # of the model that was here before
            for name in FILES:
                (folder / name).replace(model_dir / name)
    except OSError as error:
        raise write_failed(model_dir, error) from error


# Paddle numbers the layers' names in the graph by what the process exported before; the number says nothing.
_COUNTED_NAME = re.compile(r'("D":"/[A-Za-z]\w*?)_\d+(/[^"]*"},"N":"struct_name")')


def _save_graph(net: nn.Layer, input_shape: list[int], folder: Path) -> None:
    """Save the fused network; the same weights give the same bytes, whatever the process did before."""
    import paddle

    from ocrflow.nets.fuse import fused_copy

    image = paddle.static.InputSpec(input_shape, "float32", name="x")
    with paddle.utils.unique_name.guard():
        fused = fused_copy(net)
        for name, parameter in [*fused.named_parameters(), *fused.named_buffers()]:
            parameter.name = name
        static = paddle.jit.to_static(fused, input_spec=[image], full_graph=True)
        paddle.jit.save(static, str(folder / "inference"))
    graph = folder / "inference.json"
    graph.write_text(_COUNTED_NAME.sub(r"\1\2", graph.read_text(encoding="utf-8")), encoding="utf-8")


def inference_settings(model_name: str, dictionary: list[str], base_width: int) -> dict[str, Any]:
    """The content of `inference.yml` for a CTC recogniser."""
    shapes = [[1, 3, ROWS, base_width], [1, 3, ROWS, 2 * base_width], [8, 3, ROWS, MAX_WIDTH]]
    decode = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}
    resize = {"RecResizeImg": {"image_shape": [3, ROWS, base_width]}}
    return {
        "Global": {"model_name": model_name},
        "Hpi": _backends(shapes),
        "PreProcess": {"transform_ops": [decode, resize]},
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": list(dictionary)},
    }


def detector_settings(model_name: str, longest_side: int, box_thresh: float | None = None) -> dict[str, Any]:
    """The content of `inference.yml` for a DB detector.

    `resize_long` is the limit that PaddleX 3.7 shrinks larger images to; how boxes are found is the official recipe's.
    """
    decode = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}
    resize = {"DetResizeForTest": {"resize_long": longest_side}}
    normalize = {"NormalizeImage": {"mean": [*MEAN], "std": [*STD], "scale": "1./255.", "order": "hwc"}}
    found = settings_of(model_name, box_thresh)
    keys = ("thresh", "box_thresh", "max_candidates", "unclip_ratio")
    return {
        "Global": {"model_name": model_name},
        "Hpi": _backends([[1, 3, STRIDE, STRIDE], [1, 3, 736, 736], [1, 3, MOST, MOST]]),
        "PreProcess": {"transform_ops": [decode, resize, normalize, {"ToCHWImage": None}]},
        "PostProcess": {"name": "DBPostProcess", **{key: getattr(found, key) for key in keys}},
    }


def _backends(shapes: list[list[int]]) -> dict[str, Any]:
    """Smallest, usual and largest input for PaddleX's high-performance backends."""
    tensorrt = {"paddle_infer": {"trt_dynamic_shapes": {"x": shapes}}, "tensorrt": {"dynamic_shapes": {"x": shapes}}}
    return {"backend_configs": tensorrt}
