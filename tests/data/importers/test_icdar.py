"""Folders as the competitions' archives unpack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ocrflow.data.importers.icdar import read
from ocrflow.data.importers.sample import Notice, Problem, Sample

BOM = b"\xef\xbb\xbf"
LINE = b"1,2,30,2,30,12,1,12,A\r\n"


def write(path: Path, content: bytes = BOM + LINE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def samples(source: Path) -> list[Sample]:
    found = [item for item in read(source) if not isinstance(item, Notice)]
    assert all(isinstance(item, Sample) for item in found), found
    return [item for item in found if isinstance(item, Sample)]


def test_2015_with_train_and_test_folders_of_equal_names(tmp_path: Path, paint: Callable[..., Path]) -> None:
    for images, labels in (
        ("ch4_training_images", "ch4_training_localization_transcription_gt"),
        ("ch4_test_images", "Challenge4_Test_Task1_GT"),
    ):
        paint(tmp_path / images / "img_1.jpg")
        write(tmp_path / labels / "gt_img_1.txt")
    found = samples(tmp_path)
    assert [(item.name, item.split) for item in found] == [
        ("ch4_test_images/img_1.jpg", "val"),
        ("ch4_training_images/img_1.jpg", "train"),
    ]
    assert found[0].annotations is not None
    assert found[0].annotations[0].text == "A"


def test_one_folder_alone_leaves_the_division_open(tmp_path: Path, paint: Callable[..., Path]) -> None:
    paint(tmp_path / "train" / "img_1.jpg")
    write(tmp_path / "train" / "gt_img_1.txt")
    assert [item.split for item in samples(tmp_path)] == [None]


@pytest.mark.parametrize(
    ("image", "label"),
    [
        ("X51005200931.jpg", "X51005200931.txt"),
        ("img/114.jpg", "box/114.csv"),
        ("0325updated.task1train(626p)/X1.jpg", "0325updated.task1train(626p)/X1.txt"),
        ("images/a.b.png", "gt/gt_a.b.txt"),
    ],
)
def test_sroie_and_other_places_of_the_labels(
    image: str, label: str, tmp_path: Path, paint: Callable[..., Path]
) -> None:
    picture = paint(tmp_path / image)
    write(tmp_path / label, LINE)
    assert [(item.image, item.name) for item in samples(tmp_path)] == [(picture, image)]


def test_other_text_files_are_no_labels(tmp_path: Path, paint: Callable[..., Path]) -> None:
    paint(tmp_path / "a.jpg")
    write(tmp_path / "a.txt", LINE)
    write(tmp_path / "key" / "a.txt", b'{"company": "X"}')
    write(tmp_path / "readme.txt", b"see the web page\n")
    assert len(samples(tmp_path)) == 1


def test_one_bad_line_leaves_the_whole_picture_out(tmp_path: Path, paint: Callable[..., Path]) -> None:
    paint(tmp_path / "a.jpg")
    file = write(tmp_path / "gt_a.txt", LINE + b"1,2,3\n" + LINE + b"\xff\n")
    assert [item.origin for item in read(tmp_path) if isinstance(item, Problem)] == [f"{file}:2", f"{file}:4"]
    assert not [item for item in read(tmp_path) if isinstance(item, Sample)]


def test_an_empty_label_file_is_a_picture_without_text(tmp_path: Path, paint: Callable[..., Path]) -> None:
    paint(tmp_path / "a.jpg")
    write(tmp_path / "gt_a.txt", b"")
    assert samples(tmp_path)[0].annotations == ()


@pytest.mark.parametrize("name", ["gt_no.txt", "no.txt"])
def test_labels_without_a_picture_are_a_problem(name: str, tmp_path: Path) -> None:
    file = write(tmp_path / name)
    assert list(read(tmp_path)) == [Problem(str(file), "no picture no.*")]


def test_several_candidates_are_a_problem_that_names_them(tmp_path: Path, paint: Callable[..., Path]) -> None:
    for folder in ("one", "two"):
        paint(tmp_path / folder / "a.jpg")
    write(tmp_path / "labels" / "gt_a.txt")
    (problem,) = [item for item in read(tmp_path) if isinstance(item, Problem)]
    assert "several pictures" in problem.message
    assert "one/a.jpg" in problem.message


def test_a_picture_without_labels_is_told(tmp_path: Path, paint: Callable[..., Path]) -> None:
    paint(tmp_path / "a.jpg")
    lonely = paint(tmp_path / "b.jpg")
    write(tmp_path / "gt_a.txt")
    assert [item.origin for item in read(tmp_path) if isinstance(item, Notice)] == [str(lonely)]


def test_word_pictures(tmp_path: Path, paint: Callable[..., Path]) -> None:
    paint(tmp_path / "word_1.png")
    write(tmp_path / "gt.txt", BOM + b'word_1.png, "JOINT"\r\nword_2.png, "no"\r\n')
    sample, problem = read(tmp_path)
    assert isinstance(sample, Sample)
    assert (sample.text, sample.annotations, sample.name) == ("JOINT", None, "word_1.png")
    assert isinstance(problem, Problem)
    assert problem.origin == f"{tmp_path / 'gt.txt'}:2"


def test_a_label_file_alone(tmp_path: Path, paint: Callable[..., Path]) -> None:
    paint(tmp_path / "a.jpg")
    paint(tmp_path / "b.jpg")
    file = write(tmp_path / "gt_a.txt")
    assert [item.name for item in samples(file)] == ["a.jpg"]
