"""Finding the dataset in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.root import dataset_root
from ocrflow.errors import DataError


def put(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "train.txt").touch()
    return folder


def test_the_folder_itself_wins(tmp_path: Path) -> None:
    put(tmp_path / "a")
    (tmp_path / "train.txt").touch()
    assert dataset_root(tmp_path) == tmp_path


def test_the_only_deeper_one_is_found(tmp_path: Path) -> None:
    inner = put(tmp_path / "a" / "b" / "c")
    put(tmp_path / ".hidden")
    assert dataset_root(tmp_path) == inner


def test_too_deep_is_not_looked_at(tmp_path: Path) -> None:
    put(tmp_path / "a" / "b" / "c" / "d")
    assert dataset_root(tmp_path) == tmp_path


def test_several_are_listed(tmp_path: Path) -> None:
    first, second = put(tmp_path / "a"), put(tmp_path / "b")
    with pytest.raises(DataError, match="dataset_ambiguous") as raised:
        dataset_root(tmp_path)
    assert str(first) in str(raised.value) and str(second) in str(raised.value)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="dataset_missing"):
        dataset_root(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="dataset_not_directory"):
        dataset_root(tmp_path / "file")
