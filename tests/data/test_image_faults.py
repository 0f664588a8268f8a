"""The image of a row: its path, its file, and files that no row names."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.image_facts import ImageFacts
from ocrflow.data.image_faults import image_faults, orphan_faults, path_problem
from ocrflow.data.labels import Row, RowList

ROWS = RowList("train", Path("d/train.txt"), [])
MISSING = ImageFacts(problem="image_missing", message="no such file")


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ("/etc/a.png", "path_absolute"),
        ("C:/data/a.png", "path_absolute"),
        ("C:\\data\\a.png", "path_absolute"),
        ("\\\\server\\a.png", "path_absolute"),
        ("images\\a.png", "path_backslash"),
        ("../a.png", "path_escapes"),
        ("..", "path_escapes"),
        ("images/../../a.png", "path_escapes"),
        ("images/a\0.png", "path_invalid"),
        ("images/a\x7f.png", "path_invalid"),
        ('["a.png", "b.png"]', "path_image_list"),
    ],
)
def test_bad_paths(image: str, code: str) -> None:
    problem = path_problem(image)
    assert problem is not None and problem[0] == code
    assert [item.code for item in image_faults(ROWS, Row(image, "x", 1), None, Path("d"))] == [code]


@pytest.mark.parametrize(
    "image", ["a.png", "./images/a b.png", "images/../a.png", "车/é:1.jpg", "..a/b..png", " a", "[a"]
)
def test_good_paths(image: str) -> None:
    assert path_problem(image) is None


def test_a_good_image_has_no_fault() -> None:
    assert not list(image_faults(ROWS, Row("a.png", "x", 1), ImageFacts("0" * 32, 80, 24), Path("d")))


def test_problem_and_notes_of_the_file() -> None:
    bad = ImageFacts("0" * 32, problem="image_truncated", message="ends early")
    found = list(image_faults(ROWS, Row("a.png", "x", 7), bad, Path("d")))
    assert [(item.code, item.place, item.message) for item in found] == [
        ("image_truncated", "d/train.txt:7", "'a.png': ends early")
    ]
    odd = ImageFacts("0" * 32, 8, 8, notes=(("image_suffix", "a PNG file"), ("image_transparent", "3%")))
    found = list(image_faults(ROWS, Row("a.png", "x", 7), odd, Path("d")))
    assert [(item.code, item.message) for item in found] == [
        ("image_suffix", "'a.png': a PNG file"),
        ("image_transparent", "'a.png': 3%"),
    ]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("images/a.png", "Upper/B.PNG", "images/two words.png", "same/x.png", "same/X.png", "ÄÖ/ß.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("image", "code", "meant"),
    [
        ("images/a.PNG", "path_case", "images/a.png"),
        ("Images/A.png", "path_case", "images/a.png"),
        ("upper/b.png", "path_case", "Upper/B.PNG"),
        ("Upper/b.png", "path_case", "Upper/B.PNG"),
        ("upper/B.PNG", "path_case", "Upper/B.PNG"),
        ("äö/ß.png", "path_case", "ÄÖ/ß.png"),
        (" images/a.png", "path_space", "images/a.png"),
        ("images/a.png ", "path_space", "images/a.png"),
        ("images/ a.png", "path_space", "images/a.png"),
        ("images /a.png", "path_space", "images/a.png"),
        (" images/A.png", "path_case", "images/a.png"),
    ],
)
def test_a_file_of_nearly_this_name_is_named(root: Path, image: str, code: str, meant: str) -> None:
    found = list(image_faults(ROWS, Row(image, "x", 1), MISSING, root))
    assert [(item.code, item.message) for item in found] == [(code, f"expected {meant!r}, which exists, got {image!r}")]


@pytest.mark.parametrize(
    "image", ["images/b.png", "none/a.png", "images/a.jpg", "images/a.png/x", "same/y.png", "a.png"]
)
def test_a_file_that_is_missing_under_any_name(root: Path, image: str) -> None:
    found = list(image_faults(ROWS, Row(image, "x", 1), MISSING, root))
    assert [(item.code, item.message) for item in found] == [("image_missing", f"{image!r}: no such file")]


def test_each_image_that_no_row_names_is_a_fault(tmp_path: Path) -> None:
    files = ["a.png", "b.PNG", "c.jpeg", "notes.txt", "d", "sub/a.png", "x.tiff", "y.webp"]
    found = list(orphan_faults({"a.png", "y.webp", "missing.png"}, files, tmp_path))
    assert [item.image for item in found] == ["b.PNG", "c.jpeg", "sub/a.png", "x.tiff"]
    assert {item.code for item in found} == {"image_orphan"}
    assert (found[0].split, found[0].line, found[0].file) == (None, None, str(tmp_path))
