"""Looking at a whole dataset once."""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrflow.config import RunConfig
from ocrflow.data import fingerprint_cache
from ocrflow.data.fault_log import FaultLog
from ocrflow.data.fingerprint import data_version
from ocrflow.tasks.examine import Examination, examine


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Four images, 25 train rows on the first three, three val rows on the fourth."""
    folder = tmp_path / "set"
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(3)
    for number in range(4):
        cv2.imwrite(str(folder / f"images/{number}.png"), rng.integers(0, 256, (24, 80, 3), dtype=np.uint8))
    (folder / "train.txt").write_text("".join(f"images/{n % 3}.png\ta\n" for n in range(25)))
    (folder / "val.txt").write_text("images/3.png\ta\n" * 3)
    (folder / "dict.txt").write_text("a\nb\n")
    return folder


def config_of(root: Path, **check: object) -> RunConfig:
    return RunConfig.model_validate({"Global": {"dataset_dir": str(root)}, "CheckDataset": check})


def examined(root: Path, dataset_dir: Path | None = None, **check: object) -> tuple[Examination, list[dict[str, Any]]]:
    """What was found, and the faults as they are recorded."""
    folder = root.parent / "log"
    with FaultLog(folder, {}) as log:
        found = examine(config_of(dataset_dir or root, **check), log)
    return found, [json.loads(line) for line in (folder / "faults.jsonl").read_text(encoding="utf-8").splitlines()]


def codes(faults: list[dict[str, Any]]) -> set[str]:
    return {item["code"] for item in faults}


def test_rows_files_and_version(root: Path) -> None:
    found, faults = examined(root)
    assert found.root == root and found.rows == {"train": 25, "val": 3}
    assert list(found.files) == ["dict.txt", *(f"images/{n}.png" for n in range(4)), "train.txt", "val.txt"]
    assert found.data_version == data_version(root)
    assert codes(faults) == {"row_duplicate"} and len(faults) == 22 + 2


def test_samples_are_evenly_spread(root: Path) -> None:
    found, _ = examined(root)
    assert [row.line for row in found.samples["train"]] == [1, 3, 6, 8, 11, 13, 16, 18, 21, 23]
    assert [row.line for row in found.samples["val"]] == [1, 2, 3]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20])
def test_at_most_ten_samples_each_from_another_row(root: Path, count: int) -> None:
    (root / "train.txt").write_text("images/0.png\ta\n" * count)
    lines = [row.line for row in examined(root)[0].samples["train"]]
    assert len(set(lines)) == len(lines) == min(count, 10)


def test_without_a_dataset_nothing_is_known(tmp_path: Path) -> None:
    found, faults = examined(tmp_path / "none")
    assert (found.root, found.check, found.rows, found.data_version) == (None, None, {}, None)
    assert codes(faults) == {"dataset_missing"}


def test_a_dataset_deeper_in_the_folder(root: Path) -> None:
    outer = root.parent / "outer"
    outer.mkdir()
    (outer / "readme.txt").touch()
    (outer / "alone.png").write_bytes((root / "images/0.png").read_bytes())
    inner = root.rename(outer / "set")
    found, faults = examined(inner.parent, outer)
    assert found.root == inner and found.data_version == data_version(outer)
    assert codes(faults) == {"row_duplicate"}, "an image beside the dataset is no orphan of it"


def test_each_image_is_looked_at_once_however_many_rows_name_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("ocrflow.tasks.examine.inspect_all", lambda paths, label: seen.extend(paths) or {})
    examined(root)
    assert seen == [f"images/{number}.png" for number in range(4)]


def test_a_path_out_of_the_dataset_is_not_looked_at(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("ocrflow.tasks.examine.inspect_all", lambda paths, label: seen.extend(paths) or {})
    (root / "val.txt").write_text("../secret.png\ta\n/etc/passwd\ta\nimages/3.png\ta\n")
    faults = examined(root)[1]
    assert seen == [f"images/{number}.png" for number in range(4)]
    assert {"path_escapes", "path_absolute"} <= codes(faults)


def test_other_spellings_of_a_path_are_no_orphans(root: Path) -> None:
    (root / "val.txt").write_text("./images/../images//3.png\ta\n")
    found, faults = examined(root)
    assert "image_orphan" not in codes(faults)
    assert found.data_version == data_version(root)


def test_a_file_that_cannot_be_read_leaves_no_version(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ocrflow.data.fingerprint as fingerprint
    from ocrflow.errors import DataError

    def refuse(path: Path) -> str:
        raise DataError(f"{path}: cannot read the file")

    monkeypatch.setattr(fingerprint, "_md5_of", refuse)
    found, faults = examined(root)
    assert found.data_version is None
    assert "dataset_unreadable" in codes(faults)


def test_the_same_with_and_without_the_cache(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One image in train and val, one damaged, one with odd notes."""
    monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(root.parent / "cache"))
    monkeypatch.setattr(fingerprint_cache, "_NEWEST_S", 0)
    (root / "val.txt").write_text("images/3.png\ta\nimages/0.png\tb\nimages/4.jpg\ta\n")
    (root / "images/1.png").write_bytes((root / "images/1.png").read_bytes()[:-50])
    (root / "images/4.jpg").write_bytes((root / "images/3.png").read_bytes() + b"more")
    (found, faults), (again, same) = examined(root), examined(root)
    assert faults == same and found.data_version == again.data_version == data_version(root)
    assert (root.parent / "cache" / "fingerprints.sqlite").is_file()
    monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(root / "dict.txt" / "no folder"))
    fresh, without = examined(root)
    assert without == faults and fresh.data_version == found.data_version
    assert {"label_conflict", "image_in_both_splits", "image_truncated", "image_suffix"} <= codes(faults)


def test_an_edit_that_hides_behind_size_and_time_is_seen(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(root.parent / "cache"))
    monkeypatch.setattr(fingerprint_cache, "_NEWEST_S", 0)
    before = examined(root)[0].data_version
    path = root / "images/3.png"
    status = path.stat()
    with path.open("r+b") as file:
        file.write(b"junk")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    found, faults = examined(root)
    assert "image_undecodable" in codes(faults)
    assert found.data_version == data_version(root) != before


def peak_bytes(root: Path, rows: int) -> int:
    """The most memory at any time of a check of this many rows, each of which has a fault."""
    (root / "train.txt").write_text("images/0.png\tabab\n" * rows)
    tracemalloc.start()
    with FaultLog(root.parent / "log", {}) as log:
        found = examine(config_of(root), log)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.rows["train"] == rows and log.tally.counts["row_duplicate"] == rows + 1
    return peak


def test_rows_are_streamed(root: Path) -> None:
    """Neither rows nor faults are kept: 40 000 rows would be 10 MB; images that decode at one time are 0.3 to 1 MB."""
    peak_bytes(root, 100)
    assert peak_bytes(root, 40_000) - peak_bytes(root, 100) < 3_000_000
