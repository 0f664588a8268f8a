"""Writing a recogniser as PaddleX's inference model: `inference.json`, `inference.pdiparams`, `inference.yml`.

The YAML holds what PaddleX 3.x reads: `Global.model_name`, `PreProcess.transform_ops`, `PostProcess` with the
dictionary, and the input shapes for its high-performance backends.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ocrflow.files import write_failed
from ocrflow.inference.preprocess import MAX_WIDTH, ROWS

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
    try:
        model_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export.", dir=model_dir) as temporary:
            folder = Path(temporary)
            _save_graph(net, folder)
            settings = inference_settings(model_name, dictionary, base_width)
            text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=120)
            (folder / "inference.yml").write_text(text, encoding="utf-8")
            for name in FILES:
                (folder / name).replace(model_dir / name)
    except OSError as error:
        raise write_failed(model_dir, error) from error


# Paddle numbers the layers' names in the graph by what the process exported before; the number says nothing.
_COUNTED_NAME = re.compile(r'("D":"/[A-Za-z]\w*?)_\d+(/[^"]*"},"N":"struct_name")')


def _save_graph(net: nn.Layer, folder: Path) -> None:
    """Save the fused network; the same weights give the same bytes, whatever the process did before."""
    import paddle

    from ocrflow.nets.fuse import fused_copy

    image = paddle.static.InputSpec([-1, 3, ROWS, -1], "float32", name="x")
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
    backends = {"paddle_infer": {"trt_dynamic_shapes": {"x": shapes}}, "tensorrt": {"dynamic_shapes": {"x": shapes}}}
    decode = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}
    resize = {"RecResizeImg": {"image_shape": [3, ROWS, base_width]}}
    return {
        "Global": {"model_name": model_name},
        "Hpi": {"backend_configs": backends},
        "PreProcess": {"transform_ops": [decode, resize]},
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": list(dictionary)},
    }
