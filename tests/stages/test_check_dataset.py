"""The gate, one bad case after the other."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrflow.config import RunConfig
from ocrflow.data.fault_kinds import BOXES, KINDS
from ocrflow.data.fingerprint import data_version
from ocrflow.errors import DataError, UsageError
from ocrflow.stages.base import run_stage

LABELS = ("ab", "ba", "a b", "bab", "c", "cab")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Four train and two val rows; the images differ."""
    root = tmp_path / "plates"
    (root / "images").mkdir(parents=True)
    rng = np.random.default_rng(5)
    for number in range(1, 7):
        pixels = rng.integers(0, 256, (24, 60 + number, 3), dtype=np.uint8)
        cv2.imwrite(str(root / f"images/{number}.{'jpg' if number == 2 else 'png'}"), pixels)
    write_lists(root)
    (root / "dict.txt").write_text("a\nb\nc\n")
    return root


def rows_of(*numbers: int) -> str:
    return "".join(f"images/{n}.{'jpg' if n == 2 else 'png'}\t{LABELS[n - 1]}\n" for n in numbers)


def write_lists(root: Path) -> None:
    (root / "train.txt").write_text(rows_of(1, 2, 3, 4))
    (root / "val.txt").write_text(rows_of(5, 6))


def config_of(root: Path, **sections: dict[str, object]) -> RunConfig:
    output = root.parent / "output"
    return RunConfig.model_validate({"Global": {"dataset_dir": str(root), "output": str(output)}, **sections})


def faults_of(config: RunConfig) -> list[dict[str, object]]:
    """Run the stage; its faults whether it passes or not."""
    with contextlib.suppress(DataError):
        run_stage("check_dataset", config)
    text = (Path(config.Global.output) / "check_dataset" / "faults.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def found_in(root: Path, **sections: dict[str, object]) -> list[tuple[object, str, object]]:
    """Code, file relative to the dataset, line."""
    faults = faults_of(config_of(root, **sections))
    return [(item["code"], Path(str(item["file"])).relative_to(root).as_posix(), item["line"]) for item in faults]


def content_of(root: Path) -> dict[str, str]:
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() + str(path.stat().st_mtime_ns) for path in files}


def line(file: str, number: int, text: str | bytes) -> Callable[[Path], None]:
    """Replace one line of a file, line end included."""

    def change(root: Path) -> None:
        lines = (root / file).read_bytes().splitlines(keepends=True)
        lines[number - 1] = text if isinstance(text, bytes) else text.encode()
        (root / file).write_bytes(b"".join(lines))

    return change


def image(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda root: (root / "images" / name).write_bytes(content) and None


def cut(name: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / "images" / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return change


def gif(root: Path) -> None:
    Image.new("RGB", (60, 24)).save(root / "images/3.png", "GIF")


def folder(root: Path) -> None:
    (root / "images/3.png").unlink()
    (root / "images/3.png").mkdir()


def large(root: Path) -> None:
    Image.new("1", (8_001, 8_000)).save(root / "images/3.png")


def encoded(kind: str, number: int, **options: object) -> Callable[[Path], None]:
    """An image in another format under its old name."""

    def change(root: Path) -> None:
        path = root / "images" / f"{number}.{'jpg' if number == 2 else 'png'}"
        with Image.open(path) as old:
            pixels = old.copy()
        pixels.save(path, kind, **options)

    return change


def damaged(root: Path) -> None:
    path = root / "images/3.png"
    content = path.read_bytes()
    at = content.index(b"IEND") - 8
    path.write_bytes(content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])


def left_over(root: Path) -> None:
    path = root / "images/2.jpg"
    content = path.read_bytes()
    path.write_bytes(content[:-2] + bytes(60) + content[-2:])


def transparent(root: Path) -> None:
    Image.new("RGBA", (60, 24), (200, 10, 10, 90)).save(root / "images/3.png")


def dds(root: Path) -> None:
    """A texture of a kind that makes Pillow's plugin fail with NotImplementedError."""
    head = b"DDS " + struct.pack("<7I", 124, 0, 9, 9, 0, 0, 0) + bytes(44)
    (root / "images/3.png").write_bytes(head + struct.pack("<8I", 32, *[0] * 7) + bytes(20))


def exif(width: int, height: int, text: str) -> Callable[[Path], None]:
    """A JPEG that its orientation turns by a quarter."""

    def change(root: Path) -> None:
        tag = Image.Exif()
        tag[0x0112] = 6
        Image.effect_noise((width, height), 60).save(root / "images/2.jpg", exif=tag)
        line("train.txt", 2, f"images/2.jpg\t{text}\n")(root)

    return change


def nearly_copied(root: Path) -> None:
    """The val image is the train image after JPEG."""
    soft = cv2.resize(np.random.default_rng(1).integers(0, 256, (4, 9, 3), dtype=np.uint8), (120, 40))
    cv2.imwrite(str(root / "images/3.png"), soft)
    cv2.imwrite(str(root / "images/6.jpg"), soft, [cv2.IMWRITE_JPEG_QUALITY, 80])
    (root / "images/6.jpg").replace(root / "images/6.png")


def small(root: Path) -> None:
    Image.new("L", (60, 1)).save(root / "images/3.png")


def copied(source: int, target: int) -> Callable[[Path], None]:
    return lambda root: shutil.copy(root / f"images/{source}.png", root / f"images/{target}.png") and None


def orphan(root: Path) -> None:
    Image.new("L", (60, 30)).save(root / "images/alone.PNG")
    Image.new("L", (60, 30)).save(root / "images/also.png")


def prefix(file: str, content: bytes) -> Callable[[Path], None]:
    return lambda root: (root / file).write_bytes(content + (root / file).read_bytes()) and None


def crlf(file: str) -> Callable[[Path], None]:
    return lambda root: (root / file).write_bytes((root / file).read_bytes().replace(b"\n", b"\r\n")) and None


def remove(file: str) -> Callable[[Path], None]:
    return lambda root: (root / file).unlink()


def write(file: str, content: bytes) -> Callable[[Path], None]:
    return lambda root: (root / file).write_bytes(content) and None


def pipe(root: Path) -> None:
    (root / "images/3.png").unlink()
    os.mkfifo(root / "images/3.png")


def rename(root: Path, old: str, new: str) -> None:
    (root / old).rename(root / new)


def list_folder(root: Path) -> None:
    (root / "val.txt").unlink()
    (root / "val.txt").mkdir()


IMAGE_3 = "images/3.png"
CASES: list[tuple[str, Callable[[Path], None], str, str, int | None]] = [
    ("val missing", remove("val.txt"), "list_missing", "val.txt", None),
    ("train missing", remove("train.txt"), "list_missing", "train.txt", None),
    ("val empty", write("val.txt", b""), "list_empty", "val.txt", None),
    ("train only blank lines", write("train.txt", b"\n\n"), "list_empty", "train.txt", None),
    ("val is a folder", list_folder, "file_unreadable", "val.txt", None),
    ("GBK label", line("train.txt", 3, b"images/3.png\t\xb3\xb5\n"), "file_not_utf8", "train.txt", 3),
    ("BOM in a list", prefix("val.txt", b"\xef\xbb\xbf"), "file_bom", "val.txt", 1),
    ("CRLF in a list", crlf("train.txt"), "file_crlf", "train.txt", 1),
    ("no tab", line("train.txt", 3, f"{IMAGE_3} bab\n"), "list_columns", "train.txt", 3),
    ("two tabs", line("train.txt", 3, f"{IMAGE_3}\tb\ta\n"), "list_columns", "train.txt", 3),
    ("no path", line("train.txt", 3, "\tba\n"), "list_columns", "train.txt", 3),
    ("one letter", line("train.txt", 3, "x\n"), "list_columns", "train.txt", 3),
    ("blank line", line("train.txt", 3, f"\n{IMAGE_3}\ta b\n"), "list_blank_line", "train.txt", 3),
    ("dict missing", remove("dict.txt"), "dict_missing", "dict.txt", None),
    ("dict empty", write("dict.txt", b""), "dict_empty", "dict.txt", None),
    ("dict duplicate", prefix("dict.txt", b"a\n"), "dict_duplicate", "dict.txt", 2),
    ("dict two letters", prefix("dict.txt", b"xy\n"), "dict_multi_character", "dict.txt", 1),
    ("dict blank", line("dict.txt", 2, "\nb\n"), "dict_blank_entry", "dict.txt", 2),
    ("dict space", line("dict.txt", 2, " \nb\n"), "dict_space", "dict.txt", 2),
    ("dict not UTF-8", prefix("dict.txt", b"\xff\n"), "file_not_utf8", "dict.txt", 1),
    ("dict misencoded", prefix("dict.txt", "\ufffd\n".encode()), "dict_misencoded", "dict.txt", 1),
    ("dict not NFC", prefix("dict.txt", "\u212b\n".encode()), "dict_not_nfc", "dict.txt", 1),
    ("dict BOM", prefix("dict.txt", b"\xef\xbb\xbf"), "file_bom", "dict.txt", 1),
    ("dict CRLF", crlf("dict.txt"), "file_crlf", "dict.txt", 1),
    ("empty label", line("train.txt", 3, f"{IMAGE_3}\t\n"), "label_blank", "train.txt", 3),
    ("space label", line("val.txt", 2, "images/6.png\t  \n"), "label_blank", "val.txt", 2),
    ("control", line("train.txt", 3, f"{IMAGE_3}\ta\x07b\n"), "label_control_character", "train.txt", 3),
    ("unknown", line("val.txt", 2, "images/6.png\ta车\n"), "label_unknown_character", "val.txt", 2),
    (
        "too long for its image",
        line("train.txt", 3, f"{IMAGE_3}\t{'abc' * 14}\n"),
        "label_ctc_impossible",
        "train.txt",
        3,
    ),
    ("too long for any", line("train.txt", 3, f"{IMAGE_3}\t{'abc' * 140}\n"), "label_too_long", "train.txt", 3),
    ("26 characters", line("train.txt", 3, f"{IMAGE_3}\t{'ab' * 13}\n"), "label_over_25", "train.txt", 3),
    ("space before it", line("train.txt", 3, f"{IMAGE_3}\t ab\n"), "label_edge_space", "train.txt", 3),
    ("ignore mark", line("val.txt", 2, "images/6.png\t###\n"), "label_ignore_mark", "val.txt", 2),
    ("not NFC", line("train.txt", 3, f"{IMAGE_3}\te\u0301\n"), "label_not_nfc", "train.txt", 3),
    ("two labels", copied(1, 3), "label_conflict", "train.txt", 3),
    ("two labels, the first", copied(1, 3), "label_conflict", "train.txt", 1),
    ("row twice", line("train.txt", 4, rows_of(4, 4)), "row_duplicate", "train.txt", 5),
    ("absolute", line("train.txt", 3, "/images/3.png\ta\n"), "path_absolute", "train.txt", 3),
    ("escaping", line("train.txt", 3, "../plates/images/3.png\ta\n"), "path_escapes", "train.txt", 3),
    ("backslash", line("train.txt", 3, "images\\3.png\ta\n"), "path_backslash", "train.txt", 3),
    ("NUL in path", line("train.txt", 3, "images/3\0.png\ta\n"), "path_invalid", "train.txt", 3),
    ("endless path", line("train.txt", 3, "x" * 400 + "\ta\n"), "path_invalid", "train.txt", 3),
    ("image missing", remove(IMAGE_3), "image_missing", "train.txt", 3),
    ("wrong case", line("train.txt", 3, "images/3.PNG\ta b\n"), "path_case", "train.txt", 3),
    ("folder in the wrong case", line("train.txt", 3, "Images/3.png\ta b\n"), "path_case", "train.txt", 3),
    ("file in upper case", lambda root: rename(root, IMAGE_3, "images/3.PNG"), "path_case", "train.txt", 3),
    ("space after the path", line("train.txt", 3, f"{IMAGE_3} \ta b\n"), "path_space", "train.txt", 3),
    ("several paths", line("train.txt", 3, f'["{IMAGE_3}"]\ta b\n'), "path_image_list", "train.txt", 3),
    ("image is a folder", folder, "image_is_directory", "train.txt", 3),
    ("image is a pipe", pipe, "image_unreadable", "train.txt", 3),
    ("image empty", image("3.png", b""), "image_empty", "train.txt", 3),
    ("no image", image("3.png", b"nothing to see"), "image_undecodable", "train.txt", 3),
    ("GIF", gif, "image_undecodable", "train.txt", 3),
    ("DDS", dds, "image_undecodable", "train.txt", 3),
    ("half a PNG", cut("3.png"), "image_truncated", "train.txt", 3),
    ("half a JPEG", cut("2.jpg"), "image_truncated", "train.txt", 2),
    ("damaged PNG", damaged, "image_damaged", "train.txt", 3),
    ("left-over data", left_over, "image_decoder_warning", "train.txt", 2),
    ("a JPEG named .png", encoded("JPEG", 3), "image_suffix", "train.txt", 3),
    ("transparent", transparent, "image_transparent", "train.txt", 3),
    ("turned by EXIF", exif(24, 60, "ab"), "image_exif_rotated", "train.txt", 2),
    ("turned upright", exif(90, 24, "abc"), "image_exif_mismatch", "train.txt", 2),
    ("bomb", large, "image_too_large", "train.txt", 3),
    ("one row of pixels", small, "image_too_small", "train.txt", 3),
    ("leak", copied(3, 6), "image_in_both_splits", "val.txt", 2),
    ("nearly a leak", nearly_copied, "image_nearly_in_both_splits", "val.txt", 2),
    ("orphans", orphan, "image_orphan", ".", None),
]


@pytest.mark.parametrize(
    ("change", "code", "file", "line"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_fault_is_named_and_nothing_is_changed(
    dataset: Path, change: Callable[[Path], None], code: str, file: str, line: int | None
) -> None:
    change(dataset)
    before = content_of(dataset)
    assert (code, file, line) in found_in(dataset)
    assert content_of(dataset) == before
    result = json.loads((dataset.parent / "output/check_dataset_result.json").read_text())
    errors = any(KINDS[name].severity == "error" for name in result["faults"])
    assert result["check_pass"] is not errors and result["done_flag"] is not errors


def test_every_code_has_a_case() -> None:
    elsewhere = {"dataset_missing", "dataset_not_directory", "dataset_ambiguous", "dataset_unreadable"}
    of_detection = {"dataset_layout", *BOXES}
    assert {case[2] for case in CASES} | elsewhere | of_detection == set(KINDS)


@pytest.mark.parametrize("code", ["dataset_missing", "dataset_not_directory", "dataset_ambiguous"])
def test_no_dataset(tmp_path: Path, code: str) -> None:
    root = tmp_path / "set"
    if code == "dataset_not_directory":
        root.touch()
    if code == "dataset_ambiguous":
        for name in "ab":
            (root / name).mkdir(parents=True)
            (root / name / "train.txt").touch()
    assert found_in(root) == [(code, ".", None)]


def test_an_unreadable_folder(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("ocrflow.data.root.os.scandir", refuse)
    assert found_in(dataset) == [("dataset_unreadable", ".", None)]


def test_faults_of_different_kinds_are_all_reported(dataset: Path) -> None:
    cut("2.jpg")(dataset)
    line("val.txt", 1, "images/5.png\tx\n")(dataset)
    prefix("dict.txt", b"xy\n")(dataset)
    with pytest.raises(DataError) as raised:
        run_stage("check_dataset", config_of(dataset))
    text = str(raised.value)
    assert raised.value.exit_code == 1
    assert "3 errors, 0 warnings" in text
    for place in ("train.txt:2: ", "val.txt:1: ", "dict.txt:1: "):
        assert f"{dataset / place}" in text
    result = json.loads((dataset.parent / "output/check_dataset_result.json").read_text())
    assert result["faults"] == {"dict_multi_character": 1, "image_truncated": 1, "label_unknown_character": 1}
    assert result["err_type"] == "DataError" and result["check_pass"] is False and result["done_flag"] is False


def test_a_good_dataset(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content_of(dataset)
    result = run_stage("check_dataset", config_of(dataset))
    assert content_of(dataset) == before
    said = capsys.readouterr().out.splitlines()
    assert said[-2] == "Check dataset passed !"
    version = result["data_version"]
    assert version == data_version(dataset)
    assert said[-1] == f"4 train + 2 val rows, 3 characters, 0 errors, 0 warnings, data version {version}"
    assert result["done_flag"] is True and result["check_pass"] is True and result["faults"] == {}
    assert (result["dataset_path"], result["show_type"]) == ("plates", "image")
    assert result["dataset_type"] == "MSTextRecDataset"
    assert result["analysis"] == {"histogram": "check_dataset/histogram.png"}
    assert result["attributes"]["train_samples"] == 4 and result["attributes"]["val_samples"] == 2
    paths = result["attributes"]["train_sample_paths"] + result["attributes"]["val_sample_paths"]
    assert len(set(paths)) == 6 and paths[0] == "check_dataset/demo_img/train_0001_1.jpg"
    assert result["accepted"] == {} and result["excluded_rows"] == {"train": 0, "val": 0}
    output = dataset.parent / "output"
    assert (output / "check_dataset/report.txt").read_text() == "\n".join(said[-2:]) + "\n"
    assert (output / "check_dataset/faults.jsonl").read_text() == ""
    assert not (output / "check_dataset/excluded.jsonl").exists()
    for path in [*paths, result["analysis"]["histogram"]]:
        assert cv2.imread(str(dataset.parent / "output" / path)) is not None


def test_a_detection_dataset(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (dataset / "dict.txt").unlink()
    box = json.dumps([{"transcription": "ab", "points": [[2, 2], [50, 2], [50, 20], [2, 20]]}])
    for name in ("train.txt", "val.txt"):
        images = [row.partition("\t")[0] for row in (dataset / name).read_text().splitlines()]
        (dataset / name).write_text("".join(f"{image}\t{box}\n" for image in images))
    config = config_of(dataset).model_dump()
    config["Global"]["model"] = "PP-OCRv6_tiny_det"
    result = run_stage("check_dataset", RunConfig.model_validate(config))
    assert result["dataset_type"] == "TextDetDataset" and result["faults"] == {}
    assert "4 train + 2 val rows, 6 boxes, 0 errors" in capsys.readouterr().out
    paths = [*result["attributes"]["train_sample_paths"], result["analysis"]["histogram"]]
    assert all(cv2.imread(str(dataset.parent / "output" / path)) is not None for path in paths)


def test_no_final_newline_is_fine(dataset: Path) -> None:
    for name in ("train.txt", "val.txt", "dict.txt"):
        (dataset / name).write_text((dataset / name).read_text().rstrip("\n"))
    assert found_in(dataset) == []


def test_warnings_pass_and_are_shown(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    crlf("train.txt")(dataset)
    orphan(dataset)
    assert run_stage("check_dataset", config_of(dataset))["faults"] == {"image_orphan": 2, "file_crlf": 1}
    said = capsys.readouterr().out
    assert "warning file_crlf (1)" in said and "0 errors, 3 warnings" in said and "images/alone.PNG" in said


def test_a_deeper_dataset_is_found_and_said(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outer = dataset.parent / "outer"
    outer.mkdir()
    inner = dataset.rename(outer / "plates")
    result = run_stage("check_dataset", config_of(outer))
    assert f"train.txt found in {inner}" in capsys.readouterr().out
    assert result["dataset_path"] == "plates"
    assert result["data_version"] == data_version(outer)


def test_before_a_split_copies_in_both_lists_are_no_leak_and_val_may_be_absent(dataset: Path) -> None:
    split = {"split": {"enable": True, "train_percent": 80, "val_percent": 20}}
    (dataset / "val.txt").write_text(rows_of(4, 5, 6))
    assert ("image_in_both_splits", "val.txt", 1) in found_in(dataset)
    assert found_in(dataset, CheckDataset=split) == []
    (dataset / "val.txt").unlink()
    assert [item[0] for item in found_in(dataset, CheckDataset=split)] == ["image_orphan"] * 2


def test_a_narrower_base_width_allows_fewer_characters(dataset: Path) -> None:
    line("train.txt", 3, f"{IMAGE_3}\t{'abc' * 6}\n")(dataset)
    assert found_in(dataset) == []
    assert found_in(dataset, Train={"base_width": 96}) == [("label_ctc_impossible", "train.txt", 3)]


def test_a_second_run_leaves_no_old_pictures(dataset: Path) -> None:
    config = config_of(dataset)
    run_stage("check_dataset", config)
    (dataset / "train.txt").write_text(rows_of(4))
    result = run_stage("check_dataset", config)
    names = {path.name for path in (dataset.parent / "output/check_dataset/demo_img").iterdir()}
    paths = result["attributes"]["train_sample_paths"] + result["attributes"]["val_sample_paths"]
    assert names == {Path(path).name for path in paths}


@pytest.mark.parametrize(
    "sections",
    [
        {"CheckDataset": {"convert": {"enable": True}}},
        {"CheckDataset": {"allow": {"label_blnk": 0.1}}},
        {"CheckDataset": {"allow": {"row_duplicate": 0.1}}},
    ],
)
def test_what_is_refused(
    sections: dict[str, dict[str, object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        run_stage("check_dataset", RunConfig.model_validate(sections))


def test_output_inside_the_dataset_is_refused(dataset: Path) -> None:
    before = content_of(dataset)
    config = RunConfig.model_validate({"Global": {"dataset_dir": str(dataset), "output": str(dataset / "out")}})
    with pytest.raises(UsageError, match=r"Global\.output"):
        run_stage("check_dataset", config)
    assert content_of(dataset) == before
