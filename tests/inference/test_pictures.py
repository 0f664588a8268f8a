"""Pictures of answers: what is drawn, and names that never collide."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocrflow.errors import UsageError
from ocrflow.inference.answers import ImageBoxes, TextBox, TextLine
from ocrflow.inference.pictures import PictureFolder, drawn
from ocrflow.inference.reading import Picture
from ocrflow.inference.sources import ArraySource, FileSource, UrlSource

GREY = np.full((100, 1000, 3), 128, np.uint8)
LINE = TextLine("a", "text", 0.5)
BOX = ((10.0, 20.0), (310.0, 20.0), (310.0, 60.0), (10.0, 60.0))


def written(folder: PictureFolder, *found: tuple[object, int | None]) -> list[str]:
    paths = [folder.write(Picture(source, page, GREY), LINE) for source, page in found]
    assert all(Image.open(path).format == "JPEG" for path in paths)
    return [path.relative_to(folder.folder).as_posix() for path in paths]


def test_names_follow_the_folders_of_the_input(tmp_path: Path) -> None:
    files = [FileSource(tmp_path / name) for name in ("a/x.png", "b/x.png", "b/x.jpg", "b/../c.png", "doc.pdf")]
    folder = PictureFolder(tmp_path / "out", files)
    found = [(file, None) for file in files[:4]] + [(files[4], 1), (files[4], 12)]
    names = ["a/x.png.jpg", "b/x.png.jpg", "b/x.jpg.jpg", "c.png.jpg", "doc.pdf.page1.jpg", "doc.pdf.page12.jpg"]
    assert written(folder, *found) == names


def test_names_that_are_taken_and_names_that_no_disk_takes(tmp_path: Path) -> None:
    long = FileSource(tmp_path / f"{'é' * 120}.png")
    sources = [FileSource(tmp_path / "x.png"), FileSource(tmp_path / "X.png"), ArraySource(GREY, "array[0]"), long]
    folder = PictureFolder(tmp_path / "out", sources)
    names = written(folder, *[(source, None) for source in [sources[0], *sources]])
    assert names[:4] == ["x.png.jpg", "x.png_2.jpg", "X.png_3.jpg", "array[0].jpg"]
    assert names[4].startswith("éé") and len(names[4].encode()) <= 210


def test_urls_stay_inside(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path / "out", [])
    urls = [
        "https://me:secret@host.invalid/a/%2e%2e/../b.png?size=2",
        "http://host.invalid/",
        "http://host.invalid/a//b",
    ]
    names = written(folder, *[(UrlSource(url), None) for url in urls])
    assert names == ["host.invalid/a/b.png?size=2.jpg", "host.invalid.jpg", "host.invalid/a/b.jpg"]


def test_earlier_pictures_go_but_never_images_to_read(tmp_path: Path) -> None:
    old = tmp_path / "out" / "old.jpg"
    old.parent.mkdir()
    old.touch()
    with pytest.raises(UsageError, match="images to read lie in it"):
        PictureFolder(tmp_path / "out", [FileSource(old)])
    assert old.exists()
    PictureFolder(tmp_path / "out", [])
    assert not old.exists()


def test_what_is_drawn() -> None:
    both = ImageBoxes("a", (TextBox(BOX, 0.9, "读 text", 0.75), TextBox(BOX, 0.9, "", 0.0)))
    picture = drawn(GREY, both)
    assert picture.width >= 1000 and picture.height > 100
    assert picture.getpixel((160 + 10, 20 + 10)) != (128, 128, 128)  # the upper edge, ten pixels of margin
    assert picture.getpixel((600, 60)) == (128, 128, 128)
    assert drawn(GREY, ImageBoxes("a", ())).width >= 1000
    assert drawn(GREY, ImageBoxes("a", (TextBox(BOX, 0.9),))).height > 100
    assert drawn(GREY, LINE).height > 120
