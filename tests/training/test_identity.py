"""What a resumed run must share with its checkpoint."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ocrflow.config import GlobalSection, RunConfig
from ocrflow.data.lists import lists_of
from ocrflow.errors import UsageError
from ocrflow.training.identity import identity_of, require_same


@pytest.fixture
def identity(train_config, tmp_path):
    config = train_config(tmp_path / "output")
    return identity_of(config, lists_of(config), {"base_width": 96})


def test_of_a_recogniser(identity):
    assert identity["model"] == "PP-OCRv6_tiny_rec" and identity["classes"] == 35 and identity["base_width"] == 96
    assert all(len(identity[key]) == 64 for key in ("dictionary", "train_list", "val_list"))
    assert identity["train_list"] != identity["val_list"]


def test_of_a_detector_without_dictionary():
    lists = SimpleNamespace(dictionary=[], dict_sha256=None, data_version="v")
    config = RunConfig(Global=GlobalSection(model="PP-OCRv6_tiny_det"))
    assert identity_of(config, lists, {}) == {"model": "PP-OCRv6_tiny_det", "data_version": "v"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"model": "PP-OCRv6_small_rec"}, "model: PP-OCRv6_tiny_rec -> PP-OCRv6_small_rec"),
        ({"classes": 36}, "number of classes: 35 -> 36"),
        ({"dictionary": "f" * 64}, r"dictionary: \w{12} -> ffffffffffff"),
        ({"val_list": "f" * 64}, r"list of validation rows: \w{12} -> ffffffffffff"),
        ({"data_version": "f" * 32 + ".dir"}, r"dataset: \w{12} -> ffffffffffff"),
        ({"classes": 36, "base_width": 320}, r"number of classes: 35 -> 36; base width: 96 -> 320"),
    ],
)
def test_differences_are_named(identity, change, named):
    with pytest.raises(UsageError, match=rf"x\.pdparams: the checkpoint is of another training \({named}\)") as caught:
        require_same("x.pdparams", identity, identity | change)
    assert caught.value.fix.endswith("Train.resume_path=null Train.pretrain_weight_path=x.pdparams")


def test_what_is_not_known_is_not_compared(identity):
    require_same("x", identity, identity)
    require_same("x", {}, identity)
    require_same("x", {"model": identity["model"], "future": 1}, identity)
