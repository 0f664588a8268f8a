"""What a user may name as input, and the images it means."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.errors import DataError, UsageError
from ocrflow.inference.inputs import named_sources, sources_of
from ocrflow.inference.sources import ArraySource, FileSource, UrlSource


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five images in nested folders, a PDF, and a file that is neither."""
    folder = tmp_path / "new"
    (folder / "deep").mkdir(parents=True)
    for index in range(5):
        cv2.imwrite(str(folder / ("deep" if index % 2 else ".") / f"{index}.PNG"), np.zeros((8, 8, 3), np.uint8))
    (folder / "scan.pdf").write_bytes(b"%PDF-1.4")
    (folder / "notes.md").write_text("not an image")
    return folder


def paths_of(name: str | Path, dataset_dir: Path | None = None) -> list[Path]:
    found = named_sources(name, dataset_dir=dataset_dir)
    assert all(isinstance(source, FileSource) for source in found)
    return [source.path for source in found]


def test_file_folder_and_glob(folder: Path) -> None:
    one, deep = folder / "0.PNG", folder / "deep" / "1.PNG"
    assert paths_of(one) == paths_of(str(one)) == [one]
    assert paths_of(str(folder / "deep" / "*.PNG")) == [deep, folder / "deep" / "3.PNG"]
    assert len(paths_of(str(folder / "**" / "*.PNG"))) == 5
    names = [path.relative_to(folder).as_posix() for path in paths_of(folder)]
    assert names == ["0.PNG", "2.PNG", "4.PNG", "deep/1.PNG", "deep/3.PNG", "scan.pdf"]


def test_a_name_with_brackets_is_a_file_first(folder: Path) -> None:
    bracketed = folder / "[1].png"
    os.link(folder / "0.PNG", bracketed)
    assert paths_of(str(bracketed)) == [bracketed]


def test_list_beside_the_images_or_of_the_dataset(folder: Path, tmp_path: Path) -> None:
    content = "deep/3.PNG\tlabel\u2028still the label\n\n0.PNG\ngone.png\n"
    for list_file in (folder / "val.txt", tmp_path / "split.txt"):
        list_file.write_text(content, encoding="utf-8")
        assert paths_of(list_file, folder) == [folder / "deep" / "3.PNG", folder / "0.PNG", folder / "gone.png"]


def test_lists_may_name_urls_when_that_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("a.png\nhttps://user:secret@host.invalid/b.png?size=1\n")
    _, url = named_sources(tmp_path / "list.txt", allow_urls=True)
    assert url == UrlSource("https://user:secret@host.invalid/b.png?size=1")
    assert url.name == "https://host.invalid/b.png?size=1"
    with pytest.raises(UsageError, match=r"fetched only when that is allowed(.|\n)*Predict.allow_urls=true"):
        named_sources(tmp_path / "list.txt")


@pytest.mark.parametrize("address", ["ftp://host.invalid/a.png", "file:///etc/passwd", "s3://bucket/a.png"])
def test_only_http(address: str) -> None:
    with pytest.raises(UsageError, match="begins with http:// or https://"):
        named_sources(address, allow_urls=True)


@pytest.mark.parametrize("name", ["nowhere/*.png", "nowhere.png", "no\nwhere"])
def test_names_of_nothing(name: str) -> None:
    with pytest.raises(UsageError, match="no such file"):
        named_sources(name)


def test_empty_folder_and_bad_lists(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.txt").write_text("\n \n")
    (tmp_path / "list.txt").write_bytes(b"\xff\xd8\xff\n")
    for name in ("empty", "empty.txt"):
        with pytest.raises(UsageError, match="no images in it"):
            named_sources(tmp_path / name)
    with pytest.raises(DataError, match="0xFF"):
        named_sources(tmp_path / "list.txt")


def test_several_inputs_are_taken_as_they_are_needed(folder: Path) -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)

    def inputs():
        yield folder / "0.PNG"
        yield pixels
        yield str(folder / "deep")
        raise AssertionError("not asked for")

    found = sources_of(inputs())
    first, second, third = next(found), next(found), next(found)
    assert first == FileSource(folder / "0.PNG")
    assert isinstance(second, ArraySource) and second.name == "array[1]" and second.pixels is pixels
    assert third == FileSource(folder / "deep" / "1.PNG")


def test_what_is_no_input() -> None:
    with pytest.raises(UsageError, match="input 1: expected a path, a URL or an array, got int"):
        list(sources_of([np.zeros((4, 4, 3), np.uint8), 7]))
