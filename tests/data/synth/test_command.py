"""`ocrflow data synth`."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow import progress
from ocrflow.cli import main
from ocrflow.data.fingerprint import data_version
from ocrflow.data.synth import synthesize
from ocrflow.data.synth.command import synth


def test_it_says_what_it_wrote_and_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    synth(str(tmp_path / "plates"), "text_recognition", None, 10, 7, 20)
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / 'plates'}: 8 train + 2 val rows, 33 characters (style plates, seed 7)\n"
    assert err.splitlines()[-1].startswith("synth: 10/10, ")


def test_the_command_line_gives_the_bytes_of_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    synthesize(tmp_path / "library", style="lines", num_samples=6, seed=3, val_percent=50, workers=1)
    line = "data synth command --style lines --n 6 --seed 3 --val-percent 50"
    assert main(line.split()) == 0
    assert data_version(tmp_path / "command") == data_version(tmp_path / "library")
    assert "3 train + 3 val rows" in capsys.readouterr().out


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["data", "synth", str(tmp_path), "--n", "3"]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("arguments", [["--n", "1"], ["--seed", "-1"], ["--val-percent", "0"]])
def test_numbers_that_make_no_sense(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(["data", "synth", str(tmp_path / "new"), *arguments]) == 2
    assert "expected" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--n", "many"], ["--style", "poems"], ["--task", "text_layout"]])
def test_words_that_the_command_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["data", "synth", str(tmp_path / "new"), *arguments])
    assert caught.value.code == 2
    assert "invalid" in capsys.readouterr().err
