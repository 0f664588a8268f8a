"""The top of a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ocrflow.config import RunConfig
from ocrflow.report.page.facts import (
    Score,
    configuration,
    interval_of,
    made_by,
    parity_of,
    parts_of,
    scores_of,
    training_curves,
    warnings_of,
)


def test_scores_of_three_times(leave: Callable[..., None], folder: Path) -> None:
    leave("train", {"baseline": {"acc": 0.1}, "best": {"epoch": 3, "step": 9, "acc": 0.8, "extra": 1}})
    leave("evaluate", {"metrics": {"acc": 0.75, "cer": 0.1, "bad": "x"}, "acc_interval": [0.7, 0.8]})
    parts = parts_of(folder / "out")
    assert scores_of(parts)[:2] == [Score("acc", 0.1, 0.8, 0.75), Score("cer", None, None, 0.1)]
    assert [score.name for score in scores_of(parts)] == ["acc", "cer", "bad", "extra"]
    assert interval_of(parts) == (0.7, 0.8) and scores_of(parts)[0].better and not Score("acc").better


def test_what_made_it(leave: Callable[..., None], folder: Path, config_of: Callable[..., RunConfig]) -> None:
    weights = {"source": "starter:x", "loaded": 5, "total": 6}
    made_of = {"git_commit": "abc+dirty", "data_version": "d.dir", "dict_sha256": None}
    more = {"rows_train": 2000, "rows_val": 10, "seconds": 125.0, "epochs": 3, "num_processes": 2}
    leave("train", {"model_name": "M", "weights": weights, "made_of": made_of, **more})
    made = made_by(config_of(), parts_of(folder / "out"))
    assert made["model"] == "M" and made["started from"] == "starter:x: 5 of 6 tensors"
    assert made["rows"] == "2,000 train + 10 val" and made["training"] == "3 epochs in 2 min 05 s, 2 process(es)"
    assert made["commit of the training"] == "abc+dirty" and made["data version"] == "d.dir"
    assert "dict SHA-256" not in made
    leave("train", {"weights": {"source": None}})
    assert made_by(config_of(), parts_of(folder / "out"))["started from"] == "random weights"


def test_warnings(leave: Callable[..., None], folder: Path) -> None:
    leave("train", {"made_of": {"data_version": "1", "split_sha256": "s"}})
    leave("evaluate", {"model_sha256": "a" * 64, "made_of": {"data_version": "2", "split_sha256": "s"}})
    leave("export", {"model_sha256": "b" * 64, "parity": {"rows": 7, "box_mismatches": 1}})
    parts = parts_of(folder / "out")
    assert warnings_of(parts) == [
        "evaluate scored another model (aaaaaaaaaaaa) than export wrote (bbbbbbbbbbbb)",
        "the model was trained and scored on data of another data_version",
    ]
    assert parity_of(parts).endswith("compared on 7 rows: 1 box mismatches.")


def test_nothing_there(folder: Path, config_of: Callable[..., RunConfig]) -> None:
    parts = parts_of(folder / "out")
    assert scores_of(parts) == [] and interval_of(parts) is None and parity_of(parts) == "" and warnings_of(parts) == []
    assert training_curves(folder / "out") == [] and configuration(folder / "out") == ""
    assert set(made_by(config_of(), parts)) == {"model", "data"}
