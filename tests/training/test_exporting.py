"""The inference models beside the checkpoints."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from test_keeper import Kept

from ocrflow.errors import OcrflowError
from ocrflow.training.exporting import export, export_all


def write_number(net, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "value").write_text(str(int(net.weight)), encoding="utf-8")


TASK = SimpleNamespace(main_metric="acc", export=write_number)


def exported(output: Path, name: str) -> int:
    return int((output / name / "inference" / "value").read_text())


def test_every_checkpoint_has_its_own(tmp_path):
    kept = Kept(tmp_path, keep_last=3).epoch(0.3).epoch(0.9).epoch(None).epoch(0.4)
    for _ in range(2):  # once more, as after a kill during the export
        found = export_all(TASK, kept.net, tmp_path)
        assert [exported(tmp_path, f"iter_epoch_{epoch}") for epoch in (2, 3, 4)] == [20, 30, 40]
        assert (exported(tmp_path, "best_accuracy"), exported(tmp_path, "latest")) == (20, 40)
    scores = {"iter_epoch_4": 0.4, "iter_epoch_3": None, "iter_epoch_2": 0.9}
    assert [(entry["name"], entry["score"]) for entry in found] == list(scores.items())
    assert int(kept.net.weight) == 20


def test_a_last_checkpoint_in_the_middle_of_an_epoch_is_the_newest(tmp_path):
    kept = Kept(tmp_path).epoch(0.3).epoch(0.5, is_periodic=False)
    assert [entry["name"] for entry in export_all(TASK, kept.net, tmp_path)] == ["latest", "iter_epoch_1"]


def test_a_folder_that_was_removed_meanwhile(tmp_path):
    with pytest.raises(OcrflowError, match=r"latest\.pdparams is not there any more"):
        export(TASK, Kept(tmp_path).net, tmp_path / "latest")
