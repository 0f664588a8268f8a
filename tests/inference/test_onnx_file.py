"""Writing inference.onnx."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from ocrflow.errors import OutsideError
from ocrflow.inference.onnx_file import write_onnx


def test_free_sizes_have_names_and_the_bytes_are_the_same(exported_onnx, tmp_path, capfd):
    import onnx

    model_dir = shutil.copytree(exported_onnx, tmp_path / "model")
    (model_dir / "inference.onnx").unlink()
    assert write_onnx(model_dir).read_bytes() == (exported_onnx / "inference.onnx").read_bytes()
    assert capfd.readouterr() == ("", "")
    shape = onnx.load(model_dir / "inference.onnx").graph.input[0].type.tensor_type.shape.dim
    assert [size.dim_param or size.dim_value for size in shape] == ["N", 3, 48, "W"]


def test_a_real_detector_runs_in_all_engines(tmp_path):
    """Its upsampling becomes Resize, which OpenVINO needs."""
    import onnx
    import paddle

    from ocrflow import nets
    from ocrflow.inference.det_model_dir import read_detector_dir
    from ocrflow.inference.engine import open_runner
    from ocrflow.inference.export import export_detector

    paddle.seed(1)
    export_detector(nets.build("PP-OCRv6_tiny_det"), tmp_path, "PP-OCRv6_tiny_det")
    write_onnx(tmp_path)
    kinds = [node.op_type for node in onnx.load(tmp_path / "inference.onnx").graph.node]
    assert kinds.count("Resize") == 6 and "Tile" not in kinds
    info = read_detector_dir(tmp_path)
    for shape in [(1, 3, 96, 64), (2, 3, 64, 160)]:
        image = np.random.default_rng(0).random(shape, np.float32)
        expected = open_runner(info, "paddle", "cpu").run(image)
        for engine in ("onnxruntime", "openvino"):
            assert np.abs(open_runner(info, engine, "cpu").run(image) - expected).max() < 1e-4


def test_a_model_that_cannot_be_converted(exported_model, tmp_path, capfd):
    model_dir = shutil.copytree(exported_model, tmp_path / "model")
    (model_dir / "inference.json").write_text('{"base_code": {"magic": "pir", "version": 1}}', encoding="utf-8")
    with pytest.raises(OutsideError, match=r"paddle2onnx cannot convert the model: .+\n  fix: -o Export\.onnx=false"):
        write_onnx(model_dir)
    assert not (model_dir / "inference.onnx").exists()
    assert capfd.readouterr() == ("", "")


def test_paddlex_reads_the_same_with_it(exported_onnx, mixed_images):
    import paddlex

    from ocrflow.inference.recognizer import Recognizer

    model = paddlex.create_model("PP-OCRv6_tiny_rec", str(exported_onnx), engine="onnxruntime", device="cpu")
    theirs = [result["rec_text"] for result in model.predict(list(mixed_images[8:]), batch_size=1)]
    assert theirs == [reading.text for reading in Recognizer(exported_onnx).predict(mixed_images[8:])]


def test_without_the_converter(exported_model, tmp_path, monkeypatch):
    (tmp_path / "paddle2onnx.py").write_text("raise ImportError('no converter here')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    model_dir = shutil.copytree(exported_model, tmp_path / "model")
    with pytest.raises(OutsideError, match=r"cannot be written: no converter here\n  fix: uv pip install paddle2onnx"):
        write_onnx(model_dir)
