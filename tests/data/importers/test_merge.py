from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ocrflow.data.importers.merge import Merger, boxes_of
from ocrflow.data.importers.sample import Annotation, Problem, Sample

BOX = ((1.0, 2.0), (20.004, 2.0), (20.5, 9.0), (1.0, 9.0))


def sample(
    image: Path | bytes, name: str = "a.png", text: str = "A", split: str | None = None, at: str = "x:1"
) -> Sample:
    return Sample(name, image, (Annotation(text, BOX),), None, split, at)


@pytest.fixture
def merger() -> Merger:
    return Merger(seed=0, val_percent=20, by_stem=False)


def placed(result: Sample | Problem | None) -> Sample:
    assert isinstance(result, Sample)
    return result


def test_the_same_picture_with_the_same_labels_is_taken_once(merger: Merger) -> None:
    assert placed(merger.place(sample(b"1"))).name == "a.png"
    assert merger.place(sample(b"1")) is None
    assert merger.place(sample(b"1", name="other.png")) is None
    assert merger.copies == 2


def test_another_picture_of_the_same_name_is_renamed(merger: Merger) -> None:
    names = [placed(merger.place(sample(content))).name for content in (b"1", b"2", b"3")]
    assert names == ["a.png", "a_2.png", "a_3.png"]


def test_the_same_picture_with_other_labels_is_a_conflict_that_names_both(merger: Merger) -> None:
    merger.place(sample(b"1", at="one/Label.txt:4"))
    conflict = merger.place(sample(b"1", text="B", at="two/Label.txt:9"))
    assert conflict == Problem("two/Label.txt:9", "the same picture as in one/Label.txt:4 with other labels")


def test_a_label_of_the_whole_picture_differs_from_its_regions(merger: Merger) -> None:
    merger.place(sample(b"1"))
    assert isinstance(merger.place(Sample("a.png", b"1", None, "A", None, "y:1")), Problem)


def test_a_picture_cannot_be_in_both_splits(merger: Merger) -> None:
    merger.place(sample(b"1", split="train", at="one:1"))
    leak = merger.place(sample(b"1", split="val", at="two:1"))
    assert leak == Problem("two:1", "the same picture as in one:1, there in train, here in val")
    assert merger.place(sample(b"1", split="train")) is None


def test_the_sources_split_counts_else_the_hash_of_the_picture_divides(merger: Merger) -> None:
    assert placed(merger.place(sample(b"1", split="val"))).split == "val"
    contents = [str(number).encode() for number in range(1000)]
    splits = [placed(merger.place(sample(content))).split for content in contents[2:]]
    assert 150 < splits.count("val") < 250
    again = Merger(seed=0, val_percent=20, by_stem=False)
    assert [placed(again.place(sample(content))).split for content in reversed(contents[2:])] == splits[::-1]
    other = Merger(seed=1, val_percent=20, by_stem=False)
    assert [placed(other.place(sample(content))).split for content in contents[2:]] != splits


def test_a_picture_that_cannot_be_read_is_a_problem(merger: Merger, tmp_path: Path) -> None:
    missing = merger.place(sample(tmp_path / "no.png"))
    assert missing == Problem("x:1", f"{tmp_path / 'no.png'}: no such file")
    alone = merger.place(sample(tmp_path / "no.png", at=str(tmp_path / "no.png")))
    assert alone == Problem(str(tmp_path / "no.png"), "no such file")
    assert isinstance(merger.place(sample(tmp_path)), Problem)
    assert isinstance(merger.place(sample(b"1", name="../..")), Problem)


def test_a_file_and_the_same_bytes_are_the_same_picture(
    merger: Merger, tmp_path: Path, paint: Callable[..., Path]
) -> None:
    image = paint(tmp_path / "a.png")
    merger.place(sample(image))
    assert merger.place(sample(image.read_bytes())) is None


def test_whole_pixels_become_integers_and_others_are_rounded() -> None:
    assert boxes_of(sample(b"1"))[0].points == ((1, 2), (20, 2), (20.5, 9), (1, 9))
    strange = Sample("a", b"", (Annotation("A", ((float("nan"), float("inf")),) * 4),), None, None, "x")
    assert str(boxes_of(strange)[0].points[0]) == "(nan, inf)"
