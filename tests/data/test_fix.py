"""A corrected copy of a whole dataset."""

from __future__ import annotations

import io
import json
import os
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocrflow.data.fingerprint import data_version
from ocrflow.data.fix import LOG_NAME, FixReport, fix
from ocrflow.data.fix_command import _drawn_before_turning
from ocrflow.data.images import read_bgr
from ocrflow.data.labels import read_rows
from ocrflow.errors import DataError, UsageError
from ocrflow.models import TEXT_DETECTION, TEXT_RECOGNITION

NFD = unicodedata.normalize("NFD", "né")


def picture(seed: int, width: int = 90, height: int = 30, mode: str = "RGB") -> Image.Image:
    """Random blocks."""
    few = np.random.default_rng(seed).integers(0, 256, (3, 9, 3), dtype=np.uint8)
    return Image.fromarray(few).resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def save(path: Path, image: Image.Image, orientation: int = 1) -> None:
    """Write an image file with an EXIF orientation."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(path, exif=exif)


@pytest.fixture
def recognition(tmp_path: Path) -> Path:
    """A recognition dataset with everything that can be corrected, and with what cannot."""
    root = tmp_path / "dirty"
    for seed, name in enumerate(("a.png", "b.png", "sub/C.PNG", "d.png", "orphan.png")):
        save(root / "images" / name, picture(seed))
    (root / "images" / "a_again.png").write_bytes((root / "images" / "a.png").read_bytes())
    save(root / "images" / "turned.jpg", picture(11, 30, 40), 6)
    save(root / "images" / "lying.jpg", picture(12, 90, 30), 6)
    glass = picture(13, mode="RGBA")
    glass.paste((0, 0, 0, 0), (0, 0, 45, 30))
    save(root / "images" / "glass.png", glass)
    lines = [
        "images/a.png\tone",
        "images\\b.png\ttwo",
        "images/SUB/c.png \tthree",
        f"images/d.png\t{NFD}",
        "",
        "images/a_again.png\tone",
        "images/turned.jpg\tx",
        "images/lying.jpg\tlong text",
        "images/glass.png\tglass",
        "images/missing.png\tfour",
        "/abs/x.png\tfive",
        "no tab here",
    ]
    (root / "train.txt").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    (root / "val.txt").write_bytes(b"images/d.png\tn\xff\nimages/b.png\ttwo\n")
    (root / "dict.txt").write_bytes("\ufeffo\r\nn\r\n\r\no\r\n \r\nab\r\n".encode())
    return root


def fixed(root: Path, folder: Path, task: str = TEXT_RECOGNITION, **options: Any) -> FixReport:
    """`fix` into a new folder."""
    folder.mkdir()
    return fix(root, folder, task, _drawn_before_turning(task), **options)


def changes(folder: Path) -> list[dict[str, Any]]:
    """The log."""
    return [json.loads(line) for line in (folder / LOG_NAME).read_text(encoding="utf-8").splitlines()]


def test_what_is_certain_is_corrected_and_the_rest_stays(recognition: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    report = fixed(recognition, new)
    assert (new / "train.txt").read_text(encoding="utf-8").split("\n") == [
        "images/a.png\tone",
        "images/b.png\ttwo",
        "images/sub/C.PNG\tthree",
        "images/d.png\tné",
        "images/turned.jpg\tx",
        "images/lying.jpg\tlong text",
        "images/glass.png\tglass",
        "images/missing.png\tfour",
        "/abs/x.png\tfive",
        "no tab here",
        "",
    ]
    assert (new / "val.txt").read_bytes() == (recognition / "val.txt").read_bytes()
    assert (new / "dict.txt").read_text() == "o\nn\nab\n"
    assert report.changes == {
        "bom": 2,
        "crlf": 2,
        "final_newline": 1,
        "blank_line": 1,
        "path_space": 1,
        "backslash": 1,
        "path_case": 1,
        "nfc": 1,
        "row_duplicate": 1,
        "exif_baked": 1,
        "exif_dropped": 1,
        "transparency": 1,
        "dict_blank": 1,
        "dict_space": 1,
        "dict_duplicate": 1,
    }
    assert (report.rows, report.images, report.rewritten) == ({"train.txt": 9, "val.txt": 2}, 7, 3)


def test_every_change_is_logged_with_its_place(recognition: Path, tmp_path: Path) -> None:
    fixed(recognition, tmp_path / "new")
    log = changes(tmp_path / "new")
    assert [list(item) for item in log] == [["file", "line", "image", "change", "before", "after"]] * len(log)
    of = {item["change"]: item for item in log if item["file"] == "train.txt"}
    image, file = "images/sub/C.PNG", "train.txt"
    place = {"file": file, "line": 3, "image": image}
    assert of["path_case"] == place | {"change": "path_case", "before": "images/SUB/c.png", "after": image}
    assert of["row_duplicate"]["line"] == 6 and of["row_duplicate"]["before"] == "images/a_again.png\tone"
    assert (of["nfc"]["before"], of["nfc"]["after"]) == (NFD, "né")
    assert of["exif_baked"]["before"] == "EXIF orientation 6" and of["exif_baked"]["line"] == 7
    assert of["crlf"]["before"] == "CR LF at the end of 11 of 12 lines"


def test_images_look_as_training_saw_them_or_as_their_label_wants(recognition: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    fixed(recognition, new)
    old_turned, new_turned = (read_bgr(root / "images/turned.jpg").astype(int) for root in (recognition, new))
    assert np.abs(old_turned - new_turned).mean() < 6 < 30 < np.abs(old_turned[::-1] - new_turned).mean()
    assert read_bgr(recognition / "images/lying.jpg").shape[:2] == (90, 30)
    assert read_bgr(new / "images/lying.jpg").shape[:2] == (30, 90)
    assert (read_bgr(new / "images/glass.png")[:, :45] == 255).all()
    assert (new / "images/a.png").read_bytes() == (recognition / "images/a.png").read_bytes()


def test_only_images_of_rows_that_stay_are_there(recognition: Path, tmp_path: Path) -> None:
    fixed(recognition, tmp_path / "new")
    names = {
        path.relative_to(tmp_path / "new" / "images").as_posix()
        for path in (tmp_path / "new").rglob("*.*")
        if path.parent != tmp_path / "new"
    }
    assert names == {"a.png", "b.png", "sub/C.PNG", "d.png", "turned.jpg", "lying.jpg", "glass.png"}


@pytest.mark.parametrize("link", ["copy", "hard", "symlink"])
def test_the_original_is_never_changed(recognition: Path, tmp_path: Path, link: Any) -> None:
    before = data_version(recognition)
    fixed(recognition, tmp_path / "new", link=link)
    assert data_version(recognition) == before
    assert (tmp_path / "new/images/a.png").is_symlink() == (link == "symlink")
    assert not (tmp_path / "new/images/glass.png").is_symlink()


def test_a_corrected_dataset_is_not_corrected_again(recognition: Path, tmp_path: Path) -> None:
    fixed(recognition, tmp_path / "once")
    report = fixed(tmp_path / "once", tmp_path / "twice")
    assert report.changes == {} and changes(tmp_path / "twice") == []
    (tmp_path / "once" / LOG_NAME).unlink()
    (tmp_path / "twice" / LOG_NAME).unlink()
    assert data_version(tmp_path / "once") == data_version(tmp_path / "twice")


def test_a_named_encoding_is_turned_into_utf8(recognition: Path, tmp_path: Path) -> None:
    (recognition / "val.txt").write_bytes("images/d.png\t京A1\n".encode("gb18030"))
    (recognition / "dict.txt").write_bytes("京\n".encode("gb18030"))
    report = fixed(recognition, tmp_path / "new", encoding="gb18030")
    assert (tmp_path / "new" / "val.txt").read_text(encoding="utf-8") == "images/d.png\t京A1\n"
    assert (tmp_path / "new" / "dict.txt").read_text(encoding="utf-8") == "京\n"
    assert report.changes["encoding"] == 2


def test_a_file_name_that_is_not_utf8_stays(recognition: Path, tmp_path: Path) -> None:
    name = "images/京.png".encode("gb18030")
    Path(os.fsdecode(bytes(recognition) + b"/" + name)).write_bytes((recognition / "images/a.png").read_bytes())
    (recognition / "val.txt").write_bytes(name + b"\tone\n")
    fixed(recognition, tmp_path / "new")
    assert (tmp_path / "new" / "val.txt").read_bytes() == name + b"\tone\n"
    assert Path(os.fsdecode(bytes(tmp_path / "new") + b"/" + name)).is_file()


def test_detection_labels_are_not_taken_for_texts(tmp_path: Path) -> None:
    root = tmp_path / "det"
    save(root / "images/a.png", picture(1))
    box = {"transcription": "x", "points": [[1, 1], [9, 1], [9, 9], [1, 9]]}
    (root / "train.txt").write_text(f"images/a.png\t{json.dumps([box])}\n")
    with pytest.raises(UsageError, match="--task text_detection"):
        fixed(root, tmp_path / "new")


def test_a_list_that_cannot_be_read_is_refused(recognition: Path, tmp_path: Path) -> None:
    (recognition / "val.txt").write_bytes("images/d.png\tx\n".encode("utf-16"))
    with pytest.raises(DataError, match="utf-16"):
        fixed(recognition, tmp_path / "new")


def test_detection_polygons_are_corrected_and_follow_their_image(tmp_path: Path) -> None:
    root, new = tmp_path / "det", tmp_path / "new"
    save(root / "images/plain.png", picture(1, 90, 30))
    save(root / "images/turned.png", picture(2, 90, 30), 6)
    square = [[0, 0], [10, 0], [10, 10], [0, 10]]
    drawn = [[60, 5], [80, 5], [80, 15], [60, 15]]

    def line(image: str, *points: Any) -> str:
        return f"images/{image}\t" + json.dumps([{"transcription": "x", "points": item} for item in points]) + "\n"

    rows = line("plain.png", square, square, square[::-1], [[-9, 1], [9, 1], [9, 9], [-9, 9]])
    (root / "train.txt").write_text(
        rows + line("turned.png", drawn) + line("turned.png", [[2, 60], [9, 60], [9, 80], [2, 80]])
    )
    report = fixed(root, new, TEXT_DETECTION)
    boxes = [[box["points"] for box in json.loads(row.text)] for row in read_rows(new / "train.txt")]
    assert boxes[0] == [square, [[0, 1], [9, 1], [9, 9], [0, 9]]]
    assert boxes[1] == [[[15, 60], [25, 60], [25, 80], [15, 80]]]
    assert boxes[2] == [[[2, 60], [9, 60], [9, 80], [2, 80]]]
    assert report.changes == {
        "exif_baked": 1,
        "exif_polygons": 1,
        "polygon_order": 1,
        "polygon_clipped": 1,
        "polygon_duplicate": 2,
    }
    assert np.array_equal(read_bgr(new / "images/turned.png"), read_bgr(root / "images/turned.png"))
    assert Image.open(io.BytesIO((new / "images/turned.png").read_bytes())).getexif().get(0x0112, 1) == 1
