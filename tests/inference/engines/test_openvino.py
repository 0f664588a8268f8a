"""OpenVINO."""

from __future__ import annotations

from ocrflow.inference.engines import openvino
from ocrflow.inference.model_dir import read_model_dir
from ocrflow.training.device import Device

CPU = Device("cpu")


def test_openvino_computes_in_float32(exported_onnx):
    (network,) = openvino.load(read_model_dir(exported_onnx).files, CPU, 1, 1)
    compiled = network._request.get_compiled_model()
    assert compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name() == "f32"
