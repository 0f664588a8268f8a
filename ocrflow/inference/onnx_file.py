"""`inference.onnx`: the exported model for ONNX Runtime, OpenVINO and PaddleX's engine onnxruntime."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ocrflow.errors import OutsideError, UsageError
from ocrflow.files import replacing

ONNX = "inference.onnx"
REWRITE = "ocrflow export -c CONFIG -o Export.onnx=true"
NOT_INSTALLED = 4  # exit code of `onnx_convert` without paddle2onnx
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

    paddle2onnx runs in a process of its own: Paddle's next export crashes in a process that has used it.

    Raises:
        OutsideError: paddle2onnx is missing or fails, or the folder cannot be written.
    """
    graph, parameters = model_dir / "inference.json", model_dir / "inference.pdiparams"
    with replacing(model_dir / ONNX) as temporary:
        words = (sys.executable, "-m", "ocrflow.inference.onnx_convert", graph, parameters, temporary, OPSET)
        done = subprocess.run(list(map(str, words)), capture_output=True, text=True, errors="replace", check=False)
        if done.returncode:
            raise _refused(model_dir, done)
    return model_dir / ONNX


def _refused(model_dir: Path, done: subprocess.CompletedProcess[str]) -> OutsideError:
    said = (done.stdout + done.stderr).strip().splitlines() or [f"it ended with {done.returncode}"]
    if done.returncode == NOT_INSTALLED:
        fix = "uv pip install paddle2onnx, or -o Export.onnx=false"
        return OutsideError(f"an ONNX file cannot be written: {said[-1]}", fix=fix)
    return OutsideError(f"{model_dir}: paddle2onnx cannot convert the model: {said[-1]}", fix="-o Export.onnx=false")
