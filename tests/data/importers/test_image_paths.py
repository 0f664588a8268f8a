from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ocrflow.data.importers.image_paths import ImagePaths


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("plates/a.png", "plates/a.png"),
        (r"plates\a.png", "plates/a.png"),
        ("a.png", "a.png"),
        ("an_older_name/a.png", "a.png"),
        (r"D:\work\plates\a.png", "plates/a.png"),
        ("/mnt/disk/plates/a.png", "plates/a.png"),
    ],
)
def test_the_picture_is_found_from_wherever_the_path_was_written(
    listed: str, name: str, tmp_path: Path, paint: Callable[..., Path]
) -> None:
    image = paint(tmp_path / "plates" / "a.png")
    paths = ImagePaths(tmp_path / "plates" / "Label.txt", [listed], parent_first=True)
    assert paths.file(listed) == image
    assert paths.name(listed) == name


def test_one_rule_for_all_rows_so_a_missing_picture_is_never_replaced_by_its_namesake(
    tmp_path: Path, paint: Callable[..., Path]
) -> None:
    for name in ("a/1.png", "a/2.png", "3.png"):
        paint(tmp_path / name)
    listed = ["a/1.png", "a/2.png", "a/3.png"]
    paths = ImagePaths(tmp_path / "list.txt", listed, parent_first=False)
    assert paths.file("a/3.png") == tmp_path / "a" / "3.png"


@pytest.mark.parametrize("listed", ["../a.png", "x/../../a.png", "a\0.png", "."])
def test_a_path_that_leaves_the_folder_is_none(listed: str, tmp_path: Path) -> None:
    assert ImagePaths(tmp_path / "list.txt", ["b.png"], parent_first=False).file(listed) is None
