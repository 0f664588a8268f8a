"""Folders as PPOCRLabel and its script gen_ocr_train_val_test.py leave them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrflow.data.importers.ppocrlabel import read
from ocrflow.data.importers.sample import Notice, Problem, Sample

BOX = {"transcription": "京A·12345", "points": [[5, 6], [50, 6], [50, 20], [5, 20]], "difficult": False}


def line(path: str, *boxes: dict[str, Any]) -> str:
    return f"{path}\t{json.dumps(list(boxes or (BOX,)), ensure_ascii=False)}\n"


def split_items(source: Path) -> tuple[list[Sample], list[Problem], list[Notice]]:
    items = list(read(source))
    return (
        [item for item in items if isinstance(item, Sample)],
        [item for item in items if isinstance(item, Problem)],
        [item for item in items if isinstance(item, Notice)],
    )


@pytest.fixture
def folder(tmp_path: Path, paint: Callable[..., Path]) -> Path:
    """A folder `plates` of two pictures, labelled and checked."""
    for number in (1, 2):
        paint(tmp_path / "plates" / f"{number}.jpg", seed=number)
    labels = line("plates/1.jpg") + line("plates/2.jpg", BOX, {**BOX, "difficult": True})
    (tmp_path / "plates" / "Label.txt").write_text(labels, encoding="utf-8")
    (tmp_path / "plates" / "fileState.txt").write_text("plates/1.jpg\t1\nplates/2.jpg\t1\n")
    return tmp_path / "plates"


def test_label_txt(folder: Path) -> None:
    (first, second), problems, notices = split_items(folder)
    assert not problems + notices  # type: ignore[operator]
    assert first.image == folder / "1.jpg"
    assert (first.name, first.origin, first.split) == ("plates/1.jpg", f"{folder}/Label.txt:1", None)
    assert first.annotations is not None
    assert first.annotations[0].text == "京A·12345"
    assert first.annotations[0].points == ((5, 6), (50, 6), (50, 20), (5, 20))
    assert [item.ignored for item in second.annotations or ()] == [False, True]


@pytest.mark.parametrize("change", ["bom", "crlf", "backslashes", "renamed folder", "absolute"])
def test_label_txt_from_windows_or_elsewhere(change: str, folder: Path) -> None:
    file = folder / "Label.txt"
    text = file.read_text(encoding="utf-8")
    prefix = {"backslashes": "plates\\", "renamed folder": "old_name/", "absolute": "D:\\work\\plates\\"}
    text = text.replace("plates/", prefix.get(change, "plates/"))
    text = text.replace("\n", "\r\n") if change == "crlf" else text
    file.write_text(text, encoding="utf-8-sig" if change == "bom" else "utf-8", newline="")
    if change == "renamed folder":
        (folder / "fileState.txt").write_text("old_name/1.jpg\t1\nold_name/2.jpg\t1\n")
    samples, problems, notices = split_items(folder)
    assert [item.image for item in samples] == [folder / "1.jpg", folder / "2.jpg"]
    assert not problems
    assert not notices


def test_pictures_that_are_not_checked_or_not_labelled_are_left_out_and_told(
    folder: Path, paint: Callable[..., Path]
) -> None:
    (folder / "fileState.txt").write_text("D:\\work\\plates\\2.jpg\t1\n")
    new = paint(folder / "3.jpg")
    samples, problems, notices = split_items(folder)
    assert [item.name for item in samples] == ["plates/2.jpg"]
    assert not problems
    assert [item.origin for item in notices] == [f"{folder}/Label.txt:1", str(new)]


def test_an_empty_file_state_says_nothing(folder: Path) -> None:
    (folder / "fileState.txt").write_text("")
    assert len(split_items(folder)[0]) == 2


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("plates/1.jpg", "expected PATH<TAB>LABEL"),
        ("plates/1.jpg\t[{'transcription': 'a'}]", "not JSON"),
        ('plates/1.jpg\t{"transcription": "a"}', "JSON list"),
        ("plates/1.jpg\t" + "[" * 100_000, "nested too deeply"),
        (line("plates/1.jpg", {"points": []}).rstrip(), "text as transcription"),
        (line("plates/1.jpg", {"transcription": "a", "points": [[1, 2], [3]]}).rstrip(), "expected points"),
        (line("plates/1.jpg", {"transcription": "a", "points": [["1", "2"]]}).rstrip(), "expected points"),
        (line("plates/1.jpg", {"transcription": "待识别", "points": []}).rstrip(), "placeholder"),
        (line("../1.jpg").rstrip(), "within the data's folder"),
    ],
)
def test_a_bad_line_is_a_problem_and_the_next_one_is_read(bad: str, message: str, folder: Path) -> None:
    (folder / "fileState.txt").unlink()
    (folder / "Label.txt").write_text(f"{bad}\n{line('plates/2.jpg')}", encoding="utf-8")
    samples, (problem,), _ = split_items(folder)
    assert [item.name for item in samples] == ["plates/2.jpg"]
    assert problem.origin == f"{folder}/Label.txt:1"
    assert message in problem.message


def test_exported_crops(tmp_path: Path, paint: Callable[..., Path]) -> None:
    for number in range(4):
        paint(tmp_path / "crop_img" / f"1_crop_{number}.jpg", seed=number)
    texts = ("京A·12345", "###", "TEMPORARY", "[x]")
    rows = "".join(f"crop_img/1_crop_{number}.jpg\t{text}\n" for number, text in enumerate(texts))
    (tmp_path / "rec_gt.txt").write_text(rows, encoding="utf-8")
    samples, problems, notices = split_items(tmp_path)
    assert [(item.text, item.annotations) for item in samples] == [("京A·12345", None), ("[x]", None)]
    assert samples[0].image == tmp_path / "crop_img" / "1_crop_0.jpg"
    assert [item.origin for item in problems] == [f"{tmp_path}/rec_gt.txt:3"]
    assert [item.origin for item in notices] == [f"{tmp_path}/rec_gt.txt:2"]


def test_label_txt_comes_before_the_crops_and_each_list_can_be_named(folder: Path, paint: Callable[..., Path]) -> None:
    paint(folder / "crop_img" / "1_crop_0.jpg")
    (folder / "rec_gt.txt").write_text("crop_img/1_crop_0.jpg\tA\n")
    assert {item.text for item in split_items(folder)[0]} == {None}
    assert [item.text for item in split_items(folder / "rec_gt.txt")[0]] == ["A"]


def test_divided_lists_with_paths_of_another_machine(tmp_path: Path, paint: Callable[..., Path]) -> None:
    for name in ("train", "val", "test"):
        paint(tmp_path / "det" / name / "1.jpg")
        (tmp_path / "det" / f"{name}.txt").write_text(line(f"/mnt/disk/train_data/det/{name}/1.jpg"), encoding="utf-8")
    samples, problems, notices = split_items(tmp_path / "det")
    assert [(item.name, item.split) for item in samples] == [("det/train/1.jpg", "train"), ("det/val/1.jpg", "val")]
    assert not problems
    assert [item.origin for item in notices] == [f"{tmp_path}/det/test.txt"]


def test_recognition_lists_of_paddleocr(tmp_path: Path, paint: Callable[..., Path]) -> None:
    for name in ("train", "test"):
        paint(tmp_path / "rec" / name / "word_001.png")
        (tmp_path / "rec" / f"rec_gt_{name}.txt").write_text(f"rec/{name}/word_001.png\t简单可依赖\n", encoding="utf-8")
    samples = split_items(tmp_path / "rec")[0]
    assert [(item.text, item.split) for item in samples] == [("简单可依赖", "train"), ("简单可依赖", "val")]


def test_a_folder_without_any_of_the_files_is_a_problem(tmp_path: Path) -> None:
    (problem,) = split_items(tmp_path)[1]
    assert "Label.txt" in problem.message
