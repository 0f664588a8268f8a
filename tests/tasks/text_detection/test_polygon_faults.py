"""The gravest fault of each polygon."""

from __future__ import annotations

import pytest

from ocrflow.data.boxes import Box, NumberedBox
from ocrflow.data.images import ImageFacts
from ocrflow.tasks.text_detection.polygon_faults import exif_mismatch, polygon_problems

TALL = ((10, 10), (40, 10), (40, 190), (10, 190))


def numbered(*polygons: tuple[tuple[float, float], ...]) -> list[NumberedBox]:
    return [NumberedBox(number, Box("text", points)) for number, points in enumerate(polygons, 1)]


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (
            ((210, 0), (260, 0), (260, 20), (210, 20)),
            "lies outside of the image: x 210 to 260, y 0 to 20, the image has",
        ),
        (((0, -7.5), (50, -7.5), (50, 20), (0, 20)), "reaches 7.5 pixels out of the image: x 0 to 50, y -7.5 to 20"),
        (((0, 0), (50, 0), (0, 20), (50, 20)), "sides cross each other; x 0 to 50, y 0 to 20"),
        (((0, 5), (50, 5), (50, 5), (0, 5)), "all points lie on a line; x 0 to 50, y 5 to 5"),
        (((0, 0), (0, 20), (50, 20), (50, 0)), "the points run counter-clockwise"),
        (((0, 0), (50, 0), (50, 1.5), (0, 1.5)), "the short side has 1.5 pixels, training ignores less than 3"),
    ],
)
def test_messages(points: tuple[tuple[float, float], ...], message: str) -> None:
    problems = list(polygon_problems(numbered(points), (200, 200)))
    assert len(problems) == 1
    assert problems[0][1].startswith(f"box 1, 'text': {message}")


def test_long_texts_are_cut_and_odd_ones_escaped() -> None:
    box = NumberedBox(5, Box("\n\ud800" + "x" * 500, ((0, 0), (0, 20), (50, 20), (50, 0))))
    message = next(polygon_problems([box], None))[1]
    assert message.startswith("box 5, '\\n") and len(message) < 220
    message.encode("utf-8")


def test_a_polygon_around_the_image_is_not_outside() -> None:
    around = ((-500, -500), (700, -500), (700, 700), (-500, 700))
    assert [code for code, _ in polygon_problems(numbered(around), (200, 200))] == ["polygon_partly_outside"]


def test_boxes_of_the_stored_image() -> None:
    image = ImageFacts("m", 200, 100, orientation=6)
    message = exif_mismatch(numbered(((5, 5), (20, 5), (20, 9), (5, 9)), TALL), image)
    assert message == (
        "the boxes fit the 100 x 200 pixels that are stored, not the 200 x 100 that EXIF orientation 6 makes of them: "
        "1 of 2, from box 2 on"
    )
    assert exif_mismatch([], image) is None
    assert exif_mismatch(numbered(TALL), ImageFacts("m", 200, 100)) is None
    assert exif_mismatch(numbered(TALL, ((10, 10), (140, 10), (140, 190), (10, 190))), image) is None
