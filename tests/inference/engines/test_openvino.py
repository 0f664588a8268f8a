"""OpenVINO."""

from __future__ import annotations

import subprocess
import sys

from ocrflow.inference.engines import openvino
from ocrflow.inference.model_dir import read_model_dir
from ocrflow.training.device import Device

CPU = Device("cpu")
SIGNAL_STACK = """
import ctypes, sys
from pathlib import Path
from ocrflow.inference.engine import open_runner
from ocrflow.inference.model_dir import read_model_dir
import numpy as np

class Stack(ctypes.Structure):
    _fields_ = [("pointer", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t)]

runner = open_runner(read_model_dir(Path(sys.argv[1])), "openvino", "cpu")
runner.run(np.zeros((1, 3, 48, 80), np.float32))
stack = Stack()
ctypes.CDLL(None).sigaltstack(None, ctypes.byref(stack))
print(stack.size)
"""


def test_openvino_computes_in_float32(exported_onnx):
    (network,) = openvino.load(read_model_dir(exported_onnx).files, CPU, 1, 1)
    compiled = network._request.get_compiled_model()
    assert compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name() == "f32"


def test_signals_have_the_usual_stack(exported_onnx):
    """OpenVINO's plugin gives the thread that loads it one of 11 KB, on which Python's handler may overflow."""
    words = [sys.executable, "-c", SIGNAL_STACK, str(exported_onnx)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "0"), done.stderr
