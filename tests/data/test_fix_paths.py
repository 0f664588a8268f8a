"""Finding the file that a path means."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from ocrflow.data.fix_paths import Found, ImageFinder

NFD = unicodedata.normalize("NFD", "é.png")


@pytest.fixture
def finder(tmp_path: Path) -> ImageFinder:
    """A dataset with some images."""
    for name in ("images/a.png", "images/B.PNG", "images/two/C.png", "images/é.png", "dup/x.png", "DUP/X.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return ImageFinder(tmp_path)


@pytest.mark.parametrize(
    ("listed", "image", "rules"),
    [
        ("images/a.png", "images/a.png", []),
        (" images/a.png\u3000", "images/a.png", ["path_space"]),
        ("images\\a.png", "images/a.png", ["backslash"]),
        ("images/b.png", "images/B.PNG", ["path_case"]),
        ("IMAGES\\TWO\\c.png ", "images/two/C.png", ["path_space", "backslash", "path_case"]),
        (f"images/{NFD}", "images/é.png", ["path_nfc"]),
    ],
)
def test_what_can_mean_one_file_is_corrected(finder: ImageFinder, listed: str, image: str, rules: list[str]) -> None:
    found = finder.find(listed)
    assert (found.image, found.source) == (image, finder.root / image)
    assert [rule for rule, _ in found.steps] == rules
    assert not found.steps or found.steps[-1][1] == image


@pytest.mark.parametrize(
    "listed",
    [
        "images/none.png",
        "Dup/x.PNG",
        "dup/X.png",
        "/images/a.png",
        "\\images\\a.png",
        "C:\\images\\a.png",
        "../images/a.png",
        "images\\..\\..\\a.png",
        '["images/a.png"]',
        "images/a\x00.png",
        "images",
        "images/" + "a" * 300,
        "images/a.png/b",
    ],
)
def test_everything_else_stays(finder: ImageFinder, listed: str) -> None:
    assert finder.find(listed) == Found(listed, None)


def test_a_file_whose_name_has_backslashes_or_spaces_gets_a_plain_name(finder: ImageFinder) -> None:
    (finder.root / "images\\z.png").touch()
    assert finder.find("images\\z.png").image == "images/z.png"
    assert finder.find("images\\z.png").source == finder.root / "images\\z.png"


def test_a_plain_file_beside_it_makes_it_ambiguous(finder: ImageFinder) -> None:
    (finder.root / "images\\a.png").touch()
    found = finder.find("images\\a.png")
    assert found == Found("images\\a.png", finder.root / "images\\a.png")
