from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.images import ImageFacts
from ocrflow.data.importers.sample import Annotation, Points, Sample
from ocrflow.data.importers.verify import why_no_label, why_not

BOX: Points = ((2, 3), (42, 3), (42, 15), (2, 15))


def det(points: Points) -> Sample:
    return Sample("a.jpg", Path("a.jpg"), (Annotation("A", points),), None, None, "x:1")


def test_a_picture_that_cannot_be_used_comes_first() -> None:
    assert why_not(det(()), ImageFacts(problem="image_empty", message="the file has 0 bytes")) == (
        "a.jpg: the file has 0 bytes"
    )


@pytest.mark.parametrize(
    ("orientation", "right", "good"),
    [(1, 58, True), (6, 38, True), (6, 58, False), (8, 58, False), (3, 58, True), (6, 90, True)],
)
def test_only_regions_that_fit_nothing_but_the_unturned_picture_are_told(
    orientation: int, right: int, good: bool
) -> None:
    facts = ImageFacts("", 40, 60, orientation=orientation)
    assert (why_not(det(((2, 3), (right, 3), (right, 15), (2, 15))), facts) is None) == good


def test_a_blank_text_of_a_whole_picture_is_told_and_a_region_without_text_is_not() -> None:
    assert why_not(Sample("a", b"", None, " ", None, "x"), ImageFacts("", 9, 9)) == "the label is blank"
    assert why_not(Sample("a", b"", (Annotation("", BOX),), None, None, "x"), ImageFacts("", 99, 99)) is None


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("A b", True),
        ("京A", True),
        ("", False),
        (" \u3000", False),
        ("a\tb", False),
        ("a\nb", False),
        ("\udc80", False),
    ],
)
def test_labels_of_text_recognition(text: str, good: bool) -> None:
    assert (why_no_label(text) is None) == good
