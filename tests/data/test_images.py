"""Reading and inspecting images."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrflow.data.image_pool import POOL_FROM, inspect_all
from ocrflow.data.images import inspect, read_bgr
from ocrflow.errors import DataError

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 80, 3), dtype=np.uint8)


def encoded(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, kind, **options)
    return buffer.getvalue()


def file_with(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "bild ü.img"
    path.write_bytes(content)
    return path


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises width x height pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    packed = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def test_read_bgr_is_opencv(tmp_path: Path) -> None:
    path = file_with(tmp_path, encoded("PNG"))
    assert np.array_equal(read_bgr(path), PIXELS[:, :, ::-1])


def test_exif_orientation_is_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = file_with(tmp_path, encoded("JPEG", exif=exif))
    assert read_bgr(path).shape == (80, 24, 3)
    assert (inspect(path).width, inspect(path).height) == (24, 80)


def test_facts_of_a_good_image(tmp_path: Path) -> None:
    content = encoded("PNG")
    facts = inspect(file_with(tmp_path, content))
    assert (facts.md5, facts.width, facts.height) == (hashlib.md5(content).hexdigest(), 80, 24)
    assert facts.problem is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "WEBP", "TIFF"])
@pytest.mark.parametrize("cut", [1, 2, 10, 400])
def test_missing_bytes_are_noticed(tmp_path: Path, kind: str, cut: int) -> None:
    content = encoded(kind)
    assert inspect(file_with(tmp_path, content)).problem is None
    assert inspect(file_with(tmp_path, content[:-cut])).problem == "image_truncated"


def test_opencv_alone_accepts_half_a_jpeg() -> None:
    content = encoded("JPEG")
    half = np.frombuffer(content[: len(content) // 2], np.uint8)
    assert cv2.imdecode(half, cv2.IMREAD_COLOR) is not None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "image_empty"),
        (b"hello, no image", "image_undecodable"),
        (encoded("GIF"), "image_undecodable"),
        (bomb(14_000, 14_000), "image_too_large"),
        (bomb(10_001, 10_000), "image_too_large"),
        (bomb(10_000, 10_000), "image_truncated"),
        (cv2.imencode(".png", PIXELS[:3, :])[1].tobytes(), "image_too_small"),
        (cv2.imencode(".png", PIXELS[:, :1])[1].tobytes(), "image_too_small"),
    ],
)
def test_what_no_image_may_be(tmp_path: Path, content: bytes, code: str) -> None:
    assert inspect(file_with(tmp_path, content)).problem == code


@pytest.mark.parametrize("content", [b"", b"hello", bomb(14_000, 14_000)])
def test_read_bgr_names_the_file(tmp_path: Path, content: bytes) -> None:
    path = file_with(tmp_path, content)
    with pytest.raises(DataError, match=r"bild ü\.img"):
        read_bgr(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert inspect(tmp_path).problem == "image_is_directory"
    assert inspect(tmp_path / "none.png").problem == "image_missing"
    assert inspect(tmp_path / "pipe").problem == "image_unreadable"
    assert inspect(tmp_path / "loop").problem == "path_invalid"
    assert inspect(tmp_path / ("x" * 300)).problem == "path_invalid"
    assert inspect(tmp_path / "a\0b").problem == "path_invalid"
    with pytest.raises(DataError, match="folder"):
        read_bgr(tmp_path)


@pytest.mark.parametrize("count", [3, POOL_FROM])
def test_all_are_inspected_in_order(tmp_path: Path, count: int) -> None:
    paths = {}
    for number in range(count):
        paths[f"i{number}"] = tmp_path / f"{number}.png"
        if number != 1:
            cv2.imwrite(str(paths[f"i{number}"]), np.full((8, 8 + number % 50, 3), number % 256, np.uint8))
    facts = inspect_all(paths, "test")
    assert list(facts) == list(paths)
    assert facts["i1"].problem == "image_missing"
    assert [fact.width for key, fact in facts.items() if key != "i1"] == [8 + n % 50 for n in range(count) if n != 1]
