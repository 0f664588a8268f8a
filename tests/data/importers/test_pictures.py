from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.data.images import inspect, read_bgr
from ocrflow.data.importers.pictures import Job, Outcome, process
from ocrflow.data.importers.sample import Annotation, Points, Problem, Sample

BOX: Points = ((2, 3), (42, 3), (42, 15), (2, 15))


def run(sample: Sample | Problem, folder: Path, cut: bool = False, write: bool = True) -> Outcome:
    folder.mkdir(exist_ok=True)
    return process(Job(sample, folder, cut, write))


def det(image: Path | bytes, *texts: str, name: str = "a/b.jpg", points: Points = BOX) -> Sample:
    return Sample(name, image, tuple(Annotation(text, points) for text in texts), None, "val", "x:1")


def test_the_bytes_are_copied_unchanged(tmp_path: Path, paint: Callable[..., Path]) -> None:
    image = paint(tmp_path / "b.jpg")
    outcome = run(det(image, "A", "###"), tmp_path / "new")
    assert (tmp_path / "new" / "images" / "a" / "b.jpg").read_bytes() == image.read_bytes()
    label = (
        '[{"transcription": "A", "points": [[2, 3], [42, 3], [42, 15], [2, 15]]}, '
        '{"transcription": "###", "points": [[2, 3], [42, 3], [42, 15], [2, 15]]}]'
    )
    assert outcome.rows == [("images/a/b.jpg", label)]
    assert (outcome.split, outcome.counts["boxes"], outcome.counts["ignored"]) == ("val", 2, 1)


def test_bytes_become_a_file_and_no_other_stays(tmp_path: Path, paint: Callable[..., Path]) -> None:
    content = paint(tmp_path / "b.png").read_bytes()
    run(Sample("b.png", content, None, "A", "train", "x#1"), tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").rglob("*") if path.is_file()] == ["b.png"]
    assert (tmp_path / "new" / "images" / "b.png").read_bytes() == content


@pytest.mark.parametrize("orientation", range(2, 9))
def test_exif_is_baked_so_that_every_reader_sees_what_training_sees(
    orientation: int, tmp_path: Path, paint: Callable[..., Path]
) -> None:
    image = paint(tmp_path / "b.jpg", orientation=orientation)
    outcome = run(det(image, "A", points=((2, 3), (38, 3), (38, 15), (2, 15))), tmp_path / "new")
    baked = tmp_path / "new" / "images" / "a" / "b.jpg"
    assert not outcome.problems
    assert inspect(baked).orientation == 1
    unturned = cv2.imread(str(baked), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    assert unturned.shape == read_bgr(image).shape
    assert np.abs(unturned.astype(int) - read_bgr(image)).mean() < 2


def test_regions_that_fit_only_the_unturned_picture_are_a_problem(tmp_path: Path, paint: Callable[..., Path]) -> None:
    image = paint(tmp_path / "b.jpg", orientation=6)
    outcome = run(det(image, "A", points=((2, 3), (58, 3), (58, 15), (2, 15))), tmp_path / "new")
    assert "60 x 40 pixels, which viewers show as 40 x 60" in outcome.problems[0].message
    assert not outcome.rows


def test_crops_leave_out_ignored_blank_and_tiny_regions(tmp_path: Path, paint: Callable[..., Path]) -> None:
    image = paint(tmp_path / "b.jpg")
    texts = ("###", "A", "*", " ", "京")
    sample = det(image, *texts)
    tiny = Annotation("tiny", ((2, 3), (9, 3), (9, 5), (2, 5)))
    sample = Sample(sample.name, image, (*(sample.annotations or ()), tiny), None, "train", "x:1")
    outcome = run(sample, tmp_path / "new", cut=True)
    assert outcome.rows == [("images/a/b_0002.png", "A"), ("images/a/b_0005.png", "京")]
    assert [outcome.counts[key] for key in ("boxes", "ignored", "blank", "tiny")] == [6, 2, 1, 1]
    cut = cv2.imread(str(tmp_path / "new" / "images" / "a" / "b_0002.png"))
    assert np.array_equal(cut, read_bgr(image)[3:15, 2:42])


def test_crops_of_a_turned_picture_are_cut_from_the_turned_one(tmp_path: Path, paint: Callable[..., Path]) -> None:
    image = paint(tmp_path / "b.jpg", orientation=6)
    points: Points = ((2, 40), (38, 40), (38, 58), (2, 58))
    run(det(image, "A", points=points), tmp_path / "new", cut=True)
    cut = cv2.imread(str(tmp_path / "new" / "images" / "a" / "b_0001.png"))
    assert np.array_equal(cut, read_bgr(image)[40:58, 2:38])


def test_a_bad_region_costs_its_own_crop_only(tmp_path: Path, paint: Callable[..., Path]) -> None:
    image = paint(tmp_path / "b.jpg")
    regions = (Annotation("A\nB", BOX), Annotation("far", tuple((x + 900, y) for x, y in BOX)), Annotation("C", BOX))
    outcome = run(Sample("b.jpg", image, regions, None, "train", "x:1"), tmp_path / "new", cut=True)
    assert [row[1] for row in outcome.rows] == ["C"]
    assert ["region 1" in outcome.problems[0].message, "region 2" in outcome.problems[1].message] == [True, True]


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (((1, 1), (9, 1), (9, 9)), "4 points"),
        (((1, 1), (float("nan"), 1), (9, 9), (1, 9)), "finite"),
        (((1, 1), (1e9, 1), (9, 9), (1, 9)), "million"),
        ((), "4 points"),
    ],
)
def test_points_that_no_list_can_hold_are_a_problem(
    points: Points, message: str, tmp_path: Path, paint: Callable[..., Path]
) -> None:
    for cut in (False, True):
        outcome = run(det(paint(tmp_path / "b.jpg"), "A", points=points), tmp_path / "new", cut=cut)
        assert message in outcome.problems[0].message
        assert not outcome.rows


@pytest.mark.parametrize("content", [b"", b"GIF89a no image", b"\x89PNG\r\n\x1a\n cut"], ids=["empty", "gif", "cut"])
def test_a_picture_that_training_cannot_read_is_a_problem(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "b.jpg"
    file.write_bytes(content)
    for image in (file, content):
        outcome = run(det(image, "A"), tmp_path / "new")
        assert len(outcome.problems) == 1
        assert not outcome.rows
    assert not list((tmp_path / "new").rglob("*"))


def test_without_writing_only_problems_are_found(tmp_path: Path, paint: Callable[..., Path]) -> None:
    for cut in (False, True):
        assert run(det(paint(tmp_path / "b.jpg"), "A"), tmp_path / "new", cut=cut, write=False).rows
    assert not list((tmp_path / "new").rglob("*"))


def test_a_problem_passes_through(tmp_path: Path) -> None:
    assert run(Problem("x", "y"), tmp_path).problems == [Problem("x", "y")]
