"""Choosing an engine, and feeding it from several threads."""

from __future__ import annotations

import shutil
import threading

import numpy as np
import pytest

from ocrflow.errors import OutsideError, UsageError
from ocrflow.inference import engine as module
from ocrflow.inference.engine import open_runner
from ocrflow.inference.model_dir import read_model_dir

INPUT = np.random.default_rng(4).random((2, 3, 48, 160), np.float32)


def test_auto_takes_onnx_runtime_where_there_is_a_file(exported_model, exported_onnx):
    assert open_runner(read_model_dir(exported_onnx), "auto", "cpu").name == "onnxruntime"
    assert open_runner(read_model_dir(exported_model), "auto", "cpu").name == "paddle"


def test_auto_does_without_a_package_that_is_missing(exported_onnx, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == "onnxruntime" else name)
    assert open_runner(read_model_dir(exported_onnx), "auto", "cpu").name == "paddle"
    with pytest.raises(OutsideError, match="package onnxruntime is not installed\n  fix: uv pip install onnxruntime"):
        open_runner(read_model_dir(exported_onnx), "onnxruntime", "cpu")


@pytest.mark.parametrize("engine", ["paddle", "onnxruntime", "openvino"])
def test_all_engines_compute_the_same_alone_or_not(exported_onnx, engine):
    runner = open_runner(read_model_dir(exported_onnx), engine, "cpu", threads=2)
    expected = open_runner(read_model_dir(exported_onnx), "paddle", "cpu", threads=1).run(INPUT)
    assert np.abs(runner.run(INPUT) - expected).max() < 1e-4
    narrow = INPUT[:1, :, :, :120].copy()  # another shape between, whose output must not overwrite the first
    first, other, again = runner.each(lambda batch: runner.run(batch, alone=False), [INPUT, narrow, INPUT])
    assert other.shape != first.shape
    assert np.abs(first - expected).max() < 1e-4 and np.abs(again - expected).max() < 1e-4


def test_as_many_run_at_one_time_as_there_are_streams(exported_model):
    runner = open_runner(read_model_dir(exported_model), "paddle", "cpu", threads=2)
    assert runner.streams == 2
    meeting = threading.Barrier(2, timeout=20)  # passes only when two are in `each` at one time
    assert runner.each(lambda item: (meeting.wait(), item)[1], range(4)) == [0, 1, 2, 3]


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_a_missing_onnx_file_is_named(exported_model, engine):
    with pytest.raises(UsageError, match=rf"engine {engine} needs inference\.onnx, which is not there\n  fix: ocrflow"):
        open_runner(read_model_dir(exported_model), engine, "cpu")


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_a_damaged_onnx_file_is_refused(exported_onnx, tmp_path, engine):
    model_dir = shutil.copytree(exported_onnx, tmp_path / "model")
    content = (model_dir / "inference.onnx").read_bytes()
    (model_dir / "inference.onnx").write_bytes(content[: len(content) // 2])
    with pytest.raises(OutsideError, match=r"inference\.onnx: .+ cannot load the model: \S"):
        open_runner(read_model_dir(model_dir), engine, "cpu")


def test_what_has_no_meaning_is_refused(exported_onnx):
    info = read_model_dir(exported_onnx)
    with pytest.raises(UsageError, match="engine 'tensorrt': expected auto, paddle, onnxruntime, openvino"):
        open_runner(info, "tensorrt", "cpu")
    with pytest.raises(UsageError, match="engine openvino runs on cpu, not on gpu"):
        open_runner(info, "openvino", "gpu:0")
    with pytest.raises(OutsideError, match="engine onnxruntime cannot use gpu"):
        open_runner(info, "onnxruntime", "gpu:0")
