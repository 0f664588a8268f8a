"""Hostile datasets: the gate ends, without a traceback, in less than 1 GiB of memory, and names the row."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from anchor_hostile import (
    circle,
    folder_loop,
    image,
    many_boxes,
    no_permission,
    not_a_number,
    points,
    read_only,
    replaced,
    sparse,
    star,
    strange_names,
    text_bomb,
    two_loops,
)
from anchor_images import bomb_png, lying_jpeg, lying_png, lying_tiff, lying_webp
from anchor_process import Ended, check_in_process
from anchor_toy import DETECTION, DICT, RECOGNITION, TRAIN, Toy

GIB = 2**30
ANY_ERROR = "any error"


@dataclass(frozen=True)
class Hostile:
    """A dataset that would cost a careless reader its memory, its time or its life.

    Attributes:
        code: the code of the only error, ANY_ERROR, or None when the dataset is good.
        line: where it is told in train.txt.
    """

    name: str
    task: str
    damage: Callable[[Toy], object]
    code: str | None
    file: str = TRAIN
    line: int | None = 3

    def __str__(self) -> str:
        return self.name


def zeros(path: Path) -> None:
    """A file without an end."""
    path.symlink_to("/dev/zero")


def itself(path: Path) -> None:
    """A link that leads to itself."""
    path.symlink_to(path)


THIRD = "images/t03.png"
CASES = [
    Hostile("bomb of one bit", RECOGNITION, image(bomb_png), "image_too_large"),
    Hostile("bomb of one bit, detection", DETECTION, image(bomb_png), "image_too_large"),
    Hostile("bomb of 588 MB", DETECTION, image(lambda: bomb_png(channels=3)), "image_too_large"),
    Hostile("lying PNG", RECOGNITION, image(lambda: lying_png(2**31 - 1, 2**31 - 1)), "image_too_large"),
    Hostile("lying PNG of 14000", RECOGNITION, image(lambda: lying_png(14_000, 14_000)), "image_too_large"),
    Hostile("lying JPEG", RECOGNITION, image(lambda: lying_jpeg(60_000, 60_000)), "image_too_large"),
    Hostile("lying TIFF", RECOGNITION, image(lambda: lying_tiff(500_000, 500_000)), "image_too_large"),
    Hostile("lying WebP", RECOGNITION, image(lambda: lying_webp(16_384, 16_384)), "image_too_large"),
    Hostile("PNG with a huge comment", RECOGNITION, text_bomb, ""),
    Hostile("an image of 3 GB", RECOGNITION, sparse(THIRD, 3 * 10**9), ANY_ERROR),
    Hostile("NaN", DETECTION, not_a_number("NaN"), "polygon_not_finite"),
    Hostile("10^12", DETECTION, not_a_number("1000000000000"), "polygon_huge"),
    Hostile("1e308", DETECTION, not_a_number("1e308"), "polygon_huge"),
    Hostile("100,000 points", DETECTION, points(lambda: circle(100_000)), ""),
    Hostile("100,000 crossing points", DETECTION, points(lambda: star(100_004)), "polygon_self_intersecting"),
    Hostile("20,000 boxes", DETECTION, many_boxes, None),
    Hostile("deep JSON", DETECTION, lambda t: t.relabel(TRAIN, 3, "[" * 1_000_000), "boxes_not_json"),
    Hostile("deep JSON that closes", DETECTION, lambda t: t.relabel(TRAIN, 3, "[" * 10**5 + "]" * 10**5), ANY_ERROR),
    Hostile("deep points", DETECTION, lambda t: t.relabel(TRAIN, 3, '[{"points":' * 10**5), "boxes_not_json"),
    Hostile("a label of 9 MB", RECOGNITION, lambda t: t.relabel(TRAIN, 3, "A" * 9_000_000), "label_too_long"),
    Hostile("a label of 90 MB", RECOGNITION, lambda t: t.relabel(TRAIN, 3, "A" * 90_000_000), "list_columns"),
    Hostile("an endless line", RECOGNITION, sparse(TRAIN, 200_000_000), ANY_ERROR, TRAIN, 1),
    Hostile("an endless line, detection", DETECTION, sparse(TRAIN, 200_000_000), ANY_ERROR, TRAIN, 1),
    Hostile("an endless dictionary", RECOGNITION, sparse(DICT, 200_000_000), ANY_ERROR, DICT, 1),
    Hostile("a pipe for an image", RECOGNITION, replaced(THIRD, os.mkfifo), "image_unreadable"),
    Hostile("a pipe for a list", RECOGNITION, replaced(TRAIN, os.mkfifo), "file_unreadable", TRAIN, None),
    Hostile("a pipe for the dictionary", RECOGNITION, replaced(DICT, os.mkfifo), "file_unreadable", DICT, None),
    Hostile("a pipe beside the images", DETECTION, lambda t: os.mkfifo(t.root / "images/pipe.png"), None),
    Hostile("zeros for an image", DETECTION, replaced(THIRD, zeros), "image_unreadable"),
    Hostile("zeros for a list", DETECTION, replaced(TRAIN, zeros), "file_unreadable", TRAIN, None),
    Hostile("a link to itself", RECOGNITION, replaced(THIRD, itself), ANY_ERROR),
    Hostile("a folder in itself", DETECTION, folder_loop, None),
    Hostile("folders in two circles", DETECTION, two_loops, None),
    Hostile("a link to nothing", RECOGNITION, replaced(THIRD, lambda p: p.symlink_to("nowhere")), "image_missing"),
    Hostile("strange names", RECOGNITION, strange_names, None),
    Hostile("read only", RECOGNITION, read_only, None),
    Hostile("no permission", RECOGNITION, no_permission, "image_unreadable"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_gate_survives(case: Hostile, tmp_path: Path) -> None:
    if case.damage is no_permission and os.geteuid() == 0:
        pytest.skip("root may read all files")
    toy = Toy(tmp_path / "data", case.task)
    case.damage(toy)
    ended = check_in_process(toy, tmp_path)
    assert "Traceback" not in ended.said, ended.said[-2000:]
    assert ended.peak_bytes < GIB
    assert "\x1b[31m" not in ended.said
    if case.code == "":
        assert ended.code in (0, 1)
    else:
        _assert_told(case, ended)


def _assert_told(case: Hostile, ended: Ended) -> None:
    errors = [item for item in ended.faults if item["severity"] == "error"]
    assert ended.code == (1 if case.code else 0), ended.said[-2000:]
    assert bool(errors) == bool(case.code)
    if case.code:
        assert {(Path(item["file"]).name, item["line"]) for item in errors} == {(case.file, case.line)}, errors
        assert case.code in (ANY_ERROR, *(item["code"] for item in errors)), errors
        assert len(json.dumps(errors)) < 100_000
        assert len(ended.said) < 20_000
