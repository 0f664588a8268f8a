"""Reading ahead: in order, bounded, and going on after what cannot be read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrflow.errors import DataError
from ocrflow.inference import reading, sources
from ocrflow.inference.reading import Picture, answered, batches, pictures
from ocrflow.inference.sources import ArraySource, FileSource


def grey(value, height=8, width=8):
    return np.full((height, width, 3), value, np.uint8)


@pytest.fixture
def files(tmp_path, drawn_pdf):
    """Images 0..11, of which 3 is broken and 7 missing, a PDF and a TIFF with two pages."""
    for value in range(12):
        cv2.imwrite(str(tmp_path / f"{value:02}.png"), grey(value))
    (tmp_path / "03.png").write_bytes(b"broken")
    (tmp_path / "07.png").unlink()
    (tmp_path / "doc").write_bytes(drawn_pdf)  # what it is counts, not its name
    Image.fromarray(grey(50)).save(tmp_path / "two.tif", save_all=True, append_images=[Image.fromarray(grey(60))])
    return [FileSource(tmp_path / f"{value:02}.png") for value in range(12)] + [
        FileSource(tmp_path / "doc"),
        FileSource(tmp_path / "two.tif"),
    ]


def test_in_order_with_faults_and_pages_between(files):
    found = list(pictures(files))
    assert [picture.source for picture in found] == [*files, files[-1]]
    assert [isinstance(picture.image, DataError) for picture in found] == [index in (3, 7) for index in range(15)]
    assert [picture.page for picture in found[11:]] == [None, 1, 1, 2]
    assert [picture.ends for picture in found[11:]] == [True, True, False, True]
    assert [picture.image[0, 0, 0] for picture in found[8:12]] == [8, 9, 10, 11]
    assert [picture.image[0, 0, 0] for picture in found[13:]] == [50, 60]


@pytest.mark.parametrize("name", ["HEAVY_PIXELS", "HEAVY_BYTES"])
def test_heavy_images_wait_for_their_turn(files, name, monkeypatch):
    expected = [picture.image for picture in pictures(files)]
    monkeypatch.setattr(sources, name, 10)
    assert callable(files[0].open())
    for picture, image in zip(pictures(files), expected, strict=True):
        if isinstance(image, DataError):
            assert str(picture.image) == str(image)
        else:
            assert np.array_equal(picture.image, image)


def test_no_more_sources_are_taken_than_are_read_ahead():
    taken = 0

    def many():
        nonlocal taken
        for index in range(100):
            taken += 1
            yield ArraySource(grey(index), str(index))

    stream = pictures(many())
    next(stream)
    assert taken == reading.AHEAD
    stream.close()


def test_batches_by_number_and_by_pixels(monkeypatch):
    monkeypatch.setattr(reading, "MOST_PIXELS", 200)
    sides = [8, 8, 8, 8, 20, 8, 8, 8, 8]
    found = [Picture(ArraySource(grey(0), "a"), None, grey(0, side, side)) for side in sides]
    assert [len(batch) for batch in batches(found, 2)] == [2, 2, 1, 2, 2]
    assert [len(batch) for batch in batches(found, 9)] == [3, 1, 1, 3, 1]
    assert list(batches([], 3)) == []


def test_answers_stand_beside_their_pictures(files):
    sizes = []

    def brightness(images):
        sizes.append(len(images))
        return [int(image[0, 0, 0]) for image in images]

    found = list(answered(brightness, files[:12], 5))
    said = [None if isinstance(answer, DataError) else answer for _, answer in found]
    assert said == [0, 1, 2, None, 4, 5, 6, None, 8, 9, 10, 11]
    assert sizes == [4, 4, 2]
