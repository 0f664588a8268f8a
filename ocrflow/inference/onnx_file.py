"""`inference.onnx`: the exported model for ONNX Runtime, OpenVINO and PaddleX's engine onnxruntime."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from ocrflow.errors import OutsideError, UsageError
from ocrflow.files import replacing

ONNX = "inference.onnx"
REWRITE = "ocrflow export -c CONFIG -o Export.onnx=true"
OPSET = 14  # the first with HardSwish; ONNX Runtime and OpenVINO have it since 2021


def onnx_of(model_dir: Path, engine: str) -> Path:
    """The folder's ONNX file.

    Raises:
        UsageError: it has none, which `engine` needs.
    """
    file = model_dir / ONNX
    if not file.is_file():
        raise UsageError(f"{model_dir}: engine {engine} needs {ONNX}, which is not there", fix=f"{REWRITE}, or paddle")
    return file


def write_onnx(model_dir: Path) -> Path:
    """Write the exported model in `model_dir` as ONNX beside it, with the same free sizes; the same bytes each time.

    Raises:
        OutsideError: paddle2onnx is missing or fails, or the folder cannot be written.
    """
    from ocrflow.inference.onnx_graph import tidy

    try:
        import onnx
        import paddle2onnx
    except ImportError as error:
        message = f"an ONNX file cannot be written: {error}"
        raise OutsideError(message, fix="uv pip install paddle2onnx, or -o Export.onnx=false") from error
    with _captured() as log:
        try:
            content = paddle2onnx.export(*map(str, _graph_and_parameters(model_dir)), opset_version=OPSET)
            model = onnx.load_model_from_string(content)
            tidy(model)
            onnx.checker.check_model(model, full_check=True)
        except (Exception, SystemExit) as error:  # paddle2onnx prints a fault and then leaves with another one
            said = log.read_text(encoding="utf-8", errors="replace").strip() or str(error)
            message = f"{model_dir}: paddle2onnx cannot convert the model: {said.splitlines()[-1]}"
            raise OutsideError(message, fix="-o Export.onnx=false") from error
    with replacing(model_dir / ONNX) as temporary:
        temporary.write_bytes(model.SerializeToString(deterministic=True))
    return model_dir / ONNX


def _graph_and_parameters(model_dir: Path) -> tuple[Path, Path]:
    return model_dir / "inference.json", model_dir / "inference.pdiparams"


@contextmanager
def _captured() -> Iterator[Path]:
    """Keep what Python and C++ code print off the terminal; the file has it until the end of the block."""
    with tempfile.NamedTemporaryFile("w", buffering=1, encoding="utf-8") as file:
        sys.stdout.flush()
        sys.stderr.flush()
        kept = [os.dup(number) for number in (1, 2)]
        try:
            for number in (1, 2):
                os.dup2(file.fileno(), number)
            with redirect_stdout(file), redirect_stderr(file):
                yield Path(file.name)
        finally:
            for number, old in zip((1, 2), kept, strict=True):
                os.dup2(old, number)
                os.close(old)
