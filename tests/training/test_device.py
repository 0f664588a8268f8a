"""What Global.device may say."""

from __future__ import annotations

import pytest

from ocrflow.errors import OutsideError, UsageError
from ocrflow.training import device as module
from ocrflow.training.device import CARDS, Device, cards_there, parse_device, process_count, require


@pytest.mark.parametrize(
    ("text", "kind", "ids"),
    [
        ("cpu", "cpu", ()),
        ("gpu", "gpu", (0,)),
        ("gpu:2", "gpu", (2,)),
        ("gpu:0,3,1", "gpu", (0, 3, 1)),
        ("npu:1", "npu", (1,)),
        *((kind, kind, (0,)) for kind in ("xpu", "npu", "mlu", "gcu", "dcu", "iluvatar_gpu", "metax_gpu")),
    ],
)
def test_devices(text, kind, ids):
    assert parse_device(text) == Device(kind, ids)


@pytest.mark.parametrize(
    "text",
    ["cpu:0", "tpu", "gpu:a", "gpu:", "gpu:0,", "gpu:-1", "gpu:0,0", "gpu:1,01", "auto:0", "GPU", "", " cpu", "gpu:²"],
)
def test_anything_else_is_refused(text):
    with pytest.raises(
        UsageError, match=r"expected auto, cpu, or gpu/dcu/.*as in gpu:0,1\n  fix: -o Global.device=cpu"
    ):
        parse_device(text)


def test_names_of_paddle():
    assert Device("cpu").paddle_name(0) == "cpu"
    assert Device("gpu", (0, 2)).paddle_name(2) == "gpu:2"
    assert Device("dcu", (1,)).paddle_name(1) == "gpu:1"
    assert Device("metax_gpu", (1,)).paddle_name(1) == "metax_gpu:1"
    assert [kind for kind in CARDS if Device(kind).is_plugged] == ["npu", "mlu", "gcu", "iluvatar_gpu", "metax_gpu"]


@pytest.fixture
def machine(monkeypatch):
    """A machine with these cards."""

    def has(**counts: int) -> None:
        monkeypatch.setattr(module, "cards_there", lambda: dict.fromkeys(CARDS, 0) | counts)
        monkeypatch.setattr(module, "_is_plain_cpu_build", lambda: False)

    return has


@pytest.mark.parametrize(
    ("cards", "expected"),
    [({}, "cpu"), ({"gpu": 4}, "gpu:0"), ({"npu": 8}, "npu:0"), ({"xpu": 1, "mlu": 1}, "xpu:0"), ({"dcu": 2}, "dcu:0")],
)
def test_auto(machine, cards, expected):
    machine(**cards)
    assert parse_device("auto") == parse_device(expected)


def test_auto_here_needs_no_paddle():
    """These packages have no cards, which saves the time of importing Paddle."""
    assert module._is_plain_cpu_build()
    assert parse_device("auto") == Device("cpu")


def test_what_paddle_finds(monkeypatch):
    import paddle

    assert cards_there() == dict.fromkeys(CARDS, 0)
    monkeypatch.setattr(paddle.device, "get_available_custom_device", lambda: ["npu:0", "npu:1", "gcu"])
    assert cards_there() == dict.fromkeys(CARDS, 0) | {"npu": 2, "gcu": 1}
    monkeypatch.setattr(paddle, "is_compiled_with_cuda", lambda: True)
    monkeypatch.setattr(paddle.device.cuda, "device_count", lambda: 3)
    assert cards_there()["gpu"] == 3
    monkeypatch.setattr(paddle, "is_compiled_with_rocm", lambda: True)
    assert (cards_there()["gpu"], cards_there()["dcu"]) == (0, 3)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("gpu", "this paddlepaddle is built without gpu"),
        ("dcu", "this paddlepaddle is built without dcu"),
        ("xpu", "this paddlepaddle is built without xpu"),
        ("npu", "Paddle's plug-in for npu is not installed"),
        ("iluvatar_gpu", "Paddle's plug-in for iluvatar_gpu is not installed"),
    ],
)
def test_a_card_that_is_not_there(kind, why):
    require(Device("cpu"))
    with pytest.raises(OutsideError, match=rf"asks for {kind}:0; Paddle finds here: cpu \({why}\)") as caught:
        require(Device(kind, (0,)))
    assert caught.value.fix.endswith("-o Global.device=cpu") and ("GPU=1" in caught.value.fix) == (kind == "gpu")


def test_too_few_cards(machine, monkeypatch):
    monkeypatch.setattr(module, "_why", lambda kind: "")
    machine(gpu=2, npu=1)
    require(Device("gpu", (0, 1)))
    with pytest.raises(OutsideError, match=r"asks for gpu:5; Paddle finds here: cpu and gpu:0,1 and npu:0\n"):
        require(Device("gpu", (0, 5)))


def test_number_of_processes(monkeypatch):
    assert process_count(Device("gpu", (0, 1, 4)), 1) == process_count(Device("npu", (0, 1, 4)), 1) == 3
    assert process_count(Device("cpu"), 3) == 3
    for cores, expected in ((1, 1), (2, 2), (64, module.MAX_CPU_PROCESSES)):
        monkeypatch.setattr(module.os, "sched_getaffinity", lambda pid, cores=cores: set(range(cores)))
        assert process_count(Device("cpu"), "auto") == expected
