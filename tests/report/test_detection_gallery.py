"""The picture of found, missed and false boxes."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageColor

from ocrflow.errors import OutsideError
from ocrflow.report.detection_gallery import (
    FALSE,
    KINDS,
    LEFT_OUT,
    MISSED,
    RIGHT,
    Mark,
    SceneTile,
    write_detection_gallery,
)

BOX = [[20, 30], [180, 40], [178, 90], [18, 80]]


def tile(*kinds, size=(120, 200), caption="images/a.jpg: 1 missed"):
    """A grey image with the same box once of each kind."""
    return SceneTile(np.full((*size, 3), 60, np.uint8), [Mark(BOX, kind) for kind in kinds], caption)


def drawn(path):
    """How many pixels below the legend have the colour of each kind."""
    pixels = np.asarray(Image.open(path).convert("RGB"))[70:].reshape(-1, 3)
    return {kind: (pixels == ImageColor.getrgb(kind.colour)).all(axis=1).sum() for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_drawn_in_its_colour(tmp_path, kind):
    write_detection_gallery(tmp_path / "a.png", "title", [tile(kind)])
    counts = drawn(tmp_path / "a.png")
    assert counts[kind] > 300
    assert not any(count for other, count in counts.items() if other is not kind)


def test_the_legend_names_all_kinds(tmp_path):
    write_detection_gallery(tmp_path / "a.png", "title", [tile()])
    top = np.asarray(Image.open(tmp_path / "a.png").convert("RGB"))[:60]
    for kind in KINDS:
        assert (top == ImageColor.getrgb(kind.colour)).all(axis=2).sum() > 20


def test_faults_lie_over_what_is_right(tmp_path):
    write_detection_gallery(tmp_path / "a.png", "title", [tile(FALSE, RIGHT, LEFT_OUT)])
    write_detection_gallery(tmp_path / "b.png", "title", [tile(RIGHT, LEFT_OUT, FALSE)])
    counts = drawn(tmp_path / "a.png")
    assert counts == drawn(tmp_path / "b.png")
    assert counts[FALSE] > 300 > counts[RIGHT]


def test_the_boxes_are_where_they_are_in_the_image(tmp_path):
    write_detection_gallery(tmp_path / "a.png", "title", [tile(MISSED)])
    pixels = np.asarray(Image.open(tmp_path / "a.png").convert("RGB"))
    rows, columns = np.nonzero((pixels[70:] == ImageColor.getrgb(MISSED.colour)).all(axis=2))
    scale = 420 / 200
    assert np.ptp(columns) == pytest.approx(162 * scale, abs=5)
    assert np.ptp(rows) == pytest.approx(60 * scale, abs=5)


@pytest.mark.parametrize(("count", "rows"), [(0, 0), (1, 1), (3, 1), (4, 2), (20, 7)])
def test_three_columns(tmp_path, count, rows):
    write_detection_gallery(tmp_path / "a.png", "title", [tile(RIGHT)] * count)
    empty = 3 * 12 + 20 + 14
    assert Image.open(tmp_path / "a.png").height == empty + rows * (252 + 22 + 12)


@pytest.mark.parametrize("size", [(4000, 30), (1, 1), (30, 4000)])
def test_odd_sizes(tmp_path, size):
    write_detection_gallery(tmp_path / "a.png", "title 川 ß", [tile(RIGHT, size=size, caption="川.jpg")])
    assert Image.open(tmp_path / "a.png").height < 720


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutsideError):
        write_detection_gallery(tmp_path / "file" / "a.png", "title", [])
