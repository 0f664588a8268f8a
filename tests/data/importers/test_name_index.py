"""Finding pictures by the names that labels give them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrflow.data.importers.content import BadContent
from ocrflow.data.importers.name_index import FolderImages, NameIndex, label_files, parts_of, suffix_of

NAMES = ["a.png", "images/a.png", "images/train/a.png", "images/val/a.png", "x/b.jpg", "y/b.JPG", "c.JPEG", "d.txt"]


@pytest.mark.parametrize(
    ("wanted", "near", "found"),
    [
        ("a.png", "", "a.png"),
        ("images/a.png", "", "images/a.png"),
        ("train/a.png", "", "images/train/a.png"),
        ("/data/val/a.png", "", "images/val/a.png"),
        ("C:\\data\\val\\a.png", "", "images/val/a.png"),
        ("a.png", "images/val", "images/val/a.png"),
        ("../val/a.png", "images/train", "images/val/a.png"),
        ("../../../val/a.png", "images/train", "images/val/a.png"),
        ("b.jpg", "", "x/b.jpg"),
        ("B.JPG", "y", "y/b.JPG"),
        ("c.jpeg", "", "c.JPEG"),
        ("c", "", "c.JPEG"),
    ],
)
def test_the_path_that_ends_most_alike_is_meant(wanted: str, near: str, found: str) -> None:
    assert NameIndex(NAMES).find(wanted, near) == found


@pytest.mark.parametrize("wanted", ["", ".", "..", "/", "d.txt", "e.png", "d", "a.png/x"])
def test_a_name_of_no_picture_is_refused(wanted: str) -> None:
    with pytest.raises(BadContent, match="no image"):
        NameIndex(NAMES).find(wanted)


def test_equally_good_pictures_are_refused() -> None:
    with pytest.raises(BadContent, match=r"'a\.png' may be p/a\.png or q/a\.png"):
        NameIndex(["p/a.png", "q/a.png"]).find("a.png")


def test_composed_and_decomposed_letters_are_the_same() -> None:
    name = "Größe é.png"
    decomposed = unicodedata.normalize("NFD", name)
    assert decomposed != name
    assert NameIndex([decomposed]).find(name) == decomposed


@given(st.text(alphabet="ab.png/\\:\0é\ud800"))
def test_whatever_is_wanted_only_what_is_there_is_found(wanted: str) -> None:
    try:
        found = NameIndex(["b/a.png"]).find(wanted)
    except BadContent:
        found = None
    assert found == ("b/a.png" if parts_of(wanted)[-1:] in (["a.png"], ["a"]) else None)


def test_pictures_of_a_folder_and_of_the_folder_of_a_file(tmp_path: Path, paint: Callable[..., Path]) -> None:
    picture = paint(tmp_path / "images" / "a.png")
    labels = tmp_path / "labels.json"
    labels.write_text("{}")
    for source in (tmp_path, labels):
        images = FolderImages(source)
        assert images.find("a.png", labels) == picture
        assert images.name_of(picture) == "images/a.png"
        assert label_files(source, ".json") == [labels]


def test_the_suffix_of_a_pictures_bytes(tmp_path: Path, paint: Callable[..., Path]) -> None:
    for suffix in (".png", ".jpg", ".bmp", ".webp", ".tif", ".gif"):
        assert suffix_of(paint(tmp_path / f"a{suffix}").read_bytes()) == suffix
    assert suffix_of(b"text") is None
    assert suffix_of(b"") is None
