"""Which rows stay together, and the key that decides where."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocrflow.data.groups import compiled, group_rows, source_of_path
from ocrflow.data.labels import Row
from ocrflow.errors import DataError, UsageError

PAGE = re.compile(r"(page\d+)_")


def picture(seed: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).uniform(0, 255, (6, 14, 3)).astype(np.float32)
    return cv2.resize(coarse, (140, 60), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


def rows_of(*images: str) -> list[Row]:
    return [Row(image, "x", line) for line, image in enumerate(images, 1)]


def md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes()).hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """a, b and c differ; copy.png has a's bytes, near.jpg and nearer.png look like a."""
    for name, seed in {"a": 1, "b": 2, "c": 3, "copy": 1}.items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), picture(seed))
    cv2.imwrite(str(tmp_path / "near.jpg"), picture(1), [cv2.IMWRITE_JPEG_QUALITY, 60])
    cv2.imwrite(str(tmp_path / "nearer.png"), cv2.add(picture(1), (12, 12, 12, 0)))
    return tmp_path


def test_images_of_the_same_bytes_are_one_group(root: Path) -> None:
    groups = group_rows(root, rows_of("a.png", "b.png", "copy.png", "a.png", "near.jpg"), None, near=False)
    assert groups.of_row == [0, 1, 0, 0, 2] and groups.sizes() == [3, 1, 1]
    assert groups.keys == [md5(root / name) for name in ("a.png", "b.png", "near.jpg")]
    assert (groups.images, groups.near_clusters, groups.unmatched_rows) == (3, None, None)


def test_nearly_equal_images_are_one_group_under_the_smallest_md5(root: Path) -> None:
    rows = rows_of("b.png", "near.jpg", "c.png", "a.png", "nearer.png")
    groups = group_rows(root, rows, None, near=True)
    assert groups.of_row == [0, 1, 2, 1, 1] and groups.near_clusters == 1
    assert groups.keys[1] == min(md5(root / name) for name in ("a.png", "near.jpg", "nearer.png"))


def test_a_source_is_one_group_and_keeps_its_key_when_it_grows(root: Path) -> None:
    for number in range(6):
        cv2.imwrite(str(root / f"page{number % 2}_{number}.png"), picture(10 + number))
    names = [f"page{number % 2}_{number}.png" for number in range(6)]
    groups = group_rows(root, rows_of(*names, "a.png", "b.png"), PAGE, near=True)
    assert groups.of_row == [0, 1, 0, 1, 0, 1, 2, 3] and groups.unmatched_rows == 2
    assert groups.keys[:2] == ["source page0", "source page1"]
    fewer = group_rows(root, rows_of(*names[2:]), PAGE, near=True)
    assert fewer.keys == ["source page0", "source page1"] and fewer.unmatched_rows == 0


def test_sources_that_share_an_image_are_one_group(root: Path) -> None:
    cv2.imwrite(str(root / "page7_1.png"), picture(1))
    cv2.imwrite(str(root / "page7_2.png"), picture(2))
    cv2.imwrite(str(root / "page8_1.png"), cv2.add(picture(1), (9, 9, 9, 0)))
    cv2.imwrite(str(root / "page8_2.png"), picture(4))
    rows = rows_of("page8_2.png", "page7_2.png", "page7_1.png", "page8_1.png")
    groups = group_rows(root, rows, PAGE, near=True)
    assert groups.of_row == [0, 0, 0, 0] and groups.keys == ["source page7"]


@pytest.mark.parametrize(
    ("pattern", "image", "source"),
    [
        (r"page\d+", "x/page12_3.png", "page12"),
        (r"/([^/]+)/", "x/y/3.png", "y"),
        (r"(a)|b", "b.png", ""),
        (r"z*", "b.png", ""),
        (r"^images/(.*?)-", "images/ä-1.png", "ä"),
    ],
)
def test_the_source_of_a_path(pattern: str, image: str, source: str) -> None:
    assert source_of_path(compiled(pattern), image) == source


def test_a_pattern_that_matches_nothing(root: Path) -> None:
    with pytest.raises(UsageError, match=r"group_pattern='\(doc\\\\d\+\)' matches no image path, such as 'a\.png'"):
        group_rows(root, rows_of("a.png", "b.png"), compiled(r"(doc\d+)"), near=False)


@pytest.mark.parametrize(("pattern", "position"), [("a(b", 1), ("[z-a]", 1), ("x**", 2), ("(?P<a>x)(?P<a>y)", 12)])
def test_a_pattern_that_is_no_expression(pattern: str, position: int) -> None:
    with pytest.raises(UsageError, match=f"at position {position}: "):
        compiled(pattern)


@pytest.mark.parametrize("near", [False, True])
def test_an_image_that_cannot_be_read_is_named(root: Path, near: bool) -> None:
    with pytest.raises(DataError, match=r"gone\.png"):
        group_rows(root, rows_of("a.png", "gone.png"), None, near)


def test_a_file_that_is_no_image_is_a_group_of_its_own(root: Path) -> None:
    (root / "text.png").write_text("no image")
    groups = group_rows(root, rows_of("a.png", "text.png", "near.jpg"), None, near=True)
    assert groups.of_row == [0, 1, 0] and groups.keys[1] == md5(root / "text.png")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(["a.png", "b.png", "c.png", "copy.png", "near.jpg", "nearer.png"]))
def test_the_order_of_rows_does_not_matter(root: Path, names: list[str]) -> None:
    rows = rows_of(*names)
    groups = group_rows(root, rows, None, near=True)
    keys = {row.image: groups.keys[number] for row, number in zip(rows, groups.of_row, strict=True)}
    assert keys["a.png"] == keys["copy.png"] == keys["near.jpg"] == keys["nearer.png"]
    assert len(set(keys.values())) == 3 and keys["b.png"] == md5(root / "b.png")
