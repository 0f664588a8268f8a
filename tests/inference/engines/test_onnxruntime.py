"""ONNX Runtime."""

from __future__ import annotations

import subprocess
import sys


def test_onnx_runtime_does_without_paddle(exported_onnx):
    """Paddle takes seconds to import."""
    code = (
        "import sys, numpy as np; from pathlib import Path; from ocrflow.inference.recognizer import Recognizer;"
        "Recognizer(Path(sys.argv[1])).predict([np.zeros((48, 90, 3), np.uint8)]);"
        "assert 'onnxruntime' in sys.modules and 'paddle' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code, str(exported_onnx)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
