"""What Global.device may say."""

from __future__ import annotations

import pytest

from ocrflow.errors import OutsideError, UsageError
from ocrflow.training import device as module
from ocrflow.training.device import Device, parse_device, process_count, require


@pytest.mark.parametrize(
    ("text", "kind", "ids"),
    [("cpu", "cpu", ()), ("gpu", "gpu", (0,)), ("gpu:2", "gpu", (2,)), ("gpu:0,3,1", "gpu", (0, 3, 1))],
)
def test_devices(text, kind, ids):
    assert parse_device(text) == Device(kind, ids)


@pytest.mark.parametrize(
    "text",
    ["cpu:0", "tpu", "gpu:a", "gpu:", "gpu:0,", "gpu:-1", "gpu:0,0", "gpu:1,01", "auto:0", "GPU", "npu:0", "", " cpu"],
)
def test_anything_else_is_refused(text):
    with pytest.raises(UsageError, match=r"expected auto, cpu, gpu or gpu:0,1\n  fix: -o Global.device=cpu"):
        parse_device(text)


def test_auto_without_a_card(monkeypatch):
    monkeypatch.setattr(module, "_compiled_with_cuda", lambda: False)
    assert parse_device("auto") == Device("cpu")


def test_gpu_on_a_cpu_build(monkeypatch):
    monkeypatch.setattr(module, "_compiled_with_cuda", lambda: False)
    require(Device("cpu"))
    with pytest.raises(OutsideError, match=r"built for the CPU only\n  fix: make setup GPU=1, or -o Global.device=cpu"):
        require(Device("gpu", (0,)))


@pytest.mark.parametrize(("there", "has"), [(0, "no GPU"), (2, r"cards 0\.\.1")])
def test_card_that_is_not_there(monkeypatch, there, has):
    import paddle

    monkeypatch.setattr(module, "_compiled_with_cuda", lambda: True)
    monkeypatch.setattr(paddle.device.cuda, "device_count", lambda: there)
    with pytest.raises(OutsideError, match=f"asks for gpu:5; this machine has {has}"):
        require(Device("gpu", (5,)))


def test_card_that_is_there(monkeypatch):
    import paddle

    monkeypatch.setattr(module, "_compiled_with_cuda", lambda: True)
    monkeypatch.setattr(paddle.device.cuda, "device_count", lambda: 2)
    require(Device("gpu", (0, 1)))


def test_number_of_processes(monkeypatch):
    assert process_count(Device("gpu", (0, 1, 4)), 1) == 3
    assert process_count(Device("cpu"), 3) == 3
    for cores, expected in ((1, 1), (2, 2), (64, module.MAX_CPU_PROCESSES)):
        monkeypatch.setattr(module.os, "sched_getaffinity", lambda pid, cores=cores: set(range(cores)))
        assert process_count(Device("cpu"), "auto") == expected
