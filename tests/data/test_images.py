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

from ocrflow.data import images
from ocrflow.data.image_header import SUFFIXES_OF_FORMAT
from ocrflow.data.images import MAX_PIXELS, inspect, read_bgr
from ocrflow.data.near import difference_hash
from ocrflow.errors import DataError

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 80, 3), dtype=np.uint8)


def encoded(kind: str, pixels: np.ndarray = PIXELS, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


def turned(kind: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(kind, exif=exif)


def file_with(tmp_path: Path, content: bytes, name: str = "bild ü.img") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def notes_of(path: Path) -> list[str]:
    facts = inspect(path)
    assert facts.problem is None, facts.message
    return [code for code, _ in facts.notes]


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises width x height pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    packed = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def with_flipped_byte(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :]


def test_read_bgr_is_opencv(tmp_path: Path) -> None:
    path = file_with(tmp_path, encoded("PNG"))
    assert np.array_equal(read_bgr(path), PIXELS[:, :, ::-1])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize(("orientation", "shape"), [(3, (24, 80, 3)), (6, (80, 24, 3)), (8, (80, 24, 3))])
def test_exif_orientation_is_applied_and_told(
    tmp_path: Path, kind: str, orientation: int, shape: tuple[int, int, int]
) -> None:
    path = file_with(tmp_path, turned(kind, orientation), f"a.{kind.lower()}")
    assert read_bgr(path).shape == shape
    facts = inspect(path)
    assert (facts.height, facts.width, facts.orientation) == (*shape[:2], orientation)
    assert facts.notes == (("image_exif_rotated", f"EXIF orientation {orientation}"),)


def test_what_opencv_does_not_turn_is_not_counted_as_turned(tmp_path: Path) -> None:
    path = file_with(tmp_path, turned("WEBP", 6), "a.webp")
    facts = inspect(path)
    assert read_bgr(path).shape == (24, 80, 3)
    assert (facts.height, facts.width, facts.orientation) == (24, 80, 1)
    assert [code for code, _ in facts.notes] == ["image_exif_rotated"] and "does not apply" in facts.notes[0][1]


def test_facts_of_a_good_image(tmp_path: Path) -> None:
    content = encoded("PNG")
    facts = inspect(file_with(tmp_path, content, "a.png"))
    assert (facts.md5, facts.width, facts.height) == (hashlib.md5(content).hexdigest(), 80, 24)
    assert (facts.problem, facts.message, facts.orientation, facts.notes) == (None, "", 1, ())
    assert facts.dhash == difference_hash(PIXELS[:, :, ::-1]) and len(facts.dhash) == 32


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "WEBP", "TIFF"])
@pytest.mark.parametrize("cut", [1, 2, 10, 400])
def test_missing_bytes_are_noticed(tmp_path: Path, kind: str, cut: int) -> None:
    content = encoded(kind)
    assert inspect(file_with(tmp_path, content)).problem is None
    facts = inspect(file_with(tmp_path, content[:-cut]))
    assert facts.problem == "image_truncated"
    assert facts.md5 == hashlib.md5(content[:-cut]).hexdigest() and facts.width == 0 and facts.dhash == b""


def test_what_is_said_of_a_file_is_the_same_each_time(tmp_path: Path) -> None:
    """Neither a time nor an address in memory gets into the message."""
    for kind in ("JPEG", "PNG", "BMP", "WEBP", "TIFF"):
        path = file_with(tmp_path, encoded(kind)[:-100])
        assert inspect(path).message == inspect(path).message != ""
        assert "0x" not in inspect(path).message


def test_opencv_alone_accepts_half_a_jpeg() -> None:
    content = encoded("JPEG")
    half = np.frombuffer(content[: len(content) // 2], np.uint8)
    assert cv2.imdecode(half, cv2.IMREAD_COLOR) is not None


def test_a_wrong_checksum_is_damage(tmp_path: Path) -> None:
    content = encoded("PNG")
    data = content.index(b"IDAT")
    for at in (data + 200, content.index(b"IEND") - 8):
        facts = inspect(file_with(tmp_path, with_flipped_byte(content, at)))
        assert facts.problem == "image_damaged", facts.message
        assert "libpng error: IDAT" in facts.message


def test_jpeg_data_that_ends_before_its_time_is_damage(tmp_path: Path) -> None:
    """A marker in the middle of the data: libjpeg skips to it and leaves the rest grey."""
    content = encoded("JPEG", quality=90)
    middle = (content.index(b"\xff\xda") + len(content)) // 2
    facts = inspect(file_with(tmp_path, content[:middle] + b"\xff\xd1" + content[middle + 2 :]))
    assert facts.problem == "image_damaged"
    assert facts.message == "Corrupt JPEG data: premature end of data segment"


def test_left_over_jpeg_data_is_a_warning(tmp_path: Path) -> None:
    content = encoded("JPEG", quality=90)
    facts = inspect(file_with(tmp_path, content[:-2] + bytes(40) + content[-2:], "a.jpg"))
    assert facts.problem is None and facts.width == 80
    assert [code for code, _ in facts.notes] == ["image_decoder_warning"]
    assert facts.notes[0][1].endswith("extraneous bytes before marker 0xd9")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "image_empty"),
        (b"hello, no image", "image_undecodable"),
        (b"\x89PNG\r\n\x1a\n", "image_truncated"),
        (encoded("GIF"), "image_undecodable"),
        (encoded("ICO"), "image_undecodable"),
        (bomb(14_000, 14_000), "image_too_large"),
        (bomb(8_001, 8_000), "image_too_large"),
        (bomb(8_000, 8_000), "image_truncated"),
        (cv2.imencode(".png", PIXELS[:3, :])[1].tobytes(), "image_too_small"),
        (cv2.imencode(".png", PIXELS[:, :3])[1].tobytes(), "image_too_small"),
    ],
)
def test_what_no_image_may_be(tmp_path: Path, content: bytes, code: str) -> None:
    facts = inspect(file_with(tmp_path, content))
    assert facts.problem == code and facts.message
    assert (facts.width, facts.height, facts.dhash) == (0, 0, b"")


def test_four_pixels_are_enough(tmp_path: Path) -> None:
    facts = inspect(file_with(tmp_path, cv2.imencode(".png", PIXELS[:4, :4])[1].tobytes()))
    assert (facts.problem, facts.width, facts.height) == (None, 4, 4)


def test_a_file_too_large_for_an_image_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    with path.open("wb") as file:
        file.truncate(images.MAX_BYTES + 1)
    facts = inspect(path)
    assert (facts.problem, facts.md5) == ("image_too_large", "")
    assert "the file has 268 MB" in facts.message


def test_the_limit_of_the_pixels_is_told() -> None:
    assert MAX_PIXELS == 64_000_000


@pytest.mark.parametrize("content", [b"", b"hello", bomb(9_000, 9_000)])
def test_read_bgr_names_the_file(tmp_path: Path, content: bytes) -> None:
    path = file_with(tmp_path, content)
    with pytest.raises(DataError, match=r"bild ü\.img"):
        read_bgr(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert inspect(tmp_path).problem == "image_is_directory"
    assert inspect(tmp_path / "none.png").problem == "image_missing"
    assert inspect(tmp_path / "pipe" / "none.png").problem == "image_missing"
    assert inspect(tmp_path / "pipe").problem == "image_unreadable"
    assert inspect(tmp_path / "loop").problem == "path_invalid"
    assert inspect(tmp_path / ("x" * 300)).problem == "path_invalid"
    assert inspect(tmp_path / "a\0b").problem == "path_invalid"
    with pytest.raises(DataError, match="folder"):
        read_bgr(tmp_path)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, flags: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    path = file_with(tmp_path, encoded("PNG"))
    monkeypatch.setattr("ocrflow.data.images.os.open", refuse)
    facts = inspect(path)
    assert (facts.problem, facts.message, facts.md5) == ("image_unreadable", "Permission denied", "")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "WEBP", "TIFF"])
def test_the_suffix_tells_the_format(tmp_path: Path, kind: str) -> None:
    for suffix in SUFFIXES_OF_FORMAT[kind]:
        assert notes_of(file_with(tmp_path, encoded(kind), f"a{suffix}")) == []
        assert notes_of(file_with(tmp_path, encoded(kind), f"a{suffix.upper()}")) == []
    assert notes_of(file_with(tmp_path, encoded(kind), "a.gif")) == ["image_suffix"]
    assert notes_of(file_with(tmp_path, encoded(kind), "a")) == ["image_suffix"]


def with_alpha(alpha: int, share: float = 1.0) -> np.ndarray:
    pixels = np.dstack([PIXELS, np.full(PIXELS.shape[:2], 255, np.uint8)])
    pixels[:, : round(80 * share), 3] = alpha
    return pixels


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_transparent_pixels_are_counted(tmp_path: Path, kind: str) -> None:
    path = file_with(tmp_path, encoded(kind, with_alpha(254, 0.25)), f"a.{kind.lower()}")
    assert inspect(path).notes == (("image_transparent", "25% of the pixels are transparent"),)
    assert notes_of(file_with(tmp_path, encoded(kind, with_alpha(255)), f"b.{kind.lower()}")) == []


def test_transparency_of_other_kinds_of_png(tmp_path: Path) -> None:
    sixteen_bit = np.full((24, 80, 4), 65535, np.uint16)
    opaque = cv2.imencode(".png", sixteen_bit)[1].tobytes()
    sixteen_bit[:, :40, 3] = 60_000
    half = cv2.imencode(".png", sixteen_bit)[1].tobytes()
    palette = io.BytesIO()
    Image.fromarray(PIXELS).quantize(4).save(palette, "PNG", transparency=1)
    grey = io.BytesIO()
    Image.new("LA", (80, 24), (3, 9)).save(grey, "PNG")
    assert notes_of(file_with(tmp_path, opaque, "a.png")) == []
    for content in (half, palette.getvalue(), grey.getvalue()):
        assert notes_of(file_with(tmp_path, content, "a.png")) == ["image_transparent"]


@pytest.mark.parametrize("pixels", [images.HEAVY_PIXELS, 1000])
def test_only_heavy_images_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pixels: int) -> None:
    waited = []

    class Lock:
        def __enter__(self) -> None:
            waited.append(True)

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(images, "heavy_work", Lock())
    monkeypatch.setattr(images, "HEAVY_PIXELS", pixels)
    assert inspect(file_with(tmp_path, encoded("PNG"))).problem is None
    assert bool(waited) is (pixels == 1000)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_large_jpeg_has_the_facts_of_a_full_decode(tmp_path: Path, orientation: int) -> None:
    """It is decoded at an eighth of its size; what is known of it is what training sees."""
    rng = np.random.default_rng(orientation)
    small = rng.integers(0, 256, (9, 13, 3), dtype=np.uint8)
    image = Image.fromarray(cv2.resize(small, (643, 405), interpolation=cv2.INTER_CUBIC))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(tmp_path / "a.jpg", exif=exif, quality=90)
    facts, full = inspect(tmp_path / "a.jpg"), read_bgr(tmp_path / "a.jpg")
    assert (facts.height, facts.width) == full.shape[:2]
    assert (facts.problem, facts.orientation) == (None, orientation)
    differing = np.unpackbits(np.frombuffer(facts.dhash, np.uint8) ^ np.frombuffer(difference_hash(full), np.uint8))
    assert differing.sum() <= 12


@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_a_large_jpeg_that_is_cut_is_told(tmp_path: Path, share: float) -> None:
    rng = np.random.default_rng(1)
    Image.fromarray(rng.integers(0, 256, (400, 500, 3), dtype=np.uint8)).save(tmp_path / "a.jpg")
    content = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(content[: int(len(content) * share)])
    assert inspect(tmp_path / "a.jpg").problem == "image_truncated"
    damaged = bytearray(content)
    damaged[len(content) // 2 : len(content) // 2 + 40] = bytes(40)
    (tmp_path / "a.jpg").write_bytes(damaged)
    found = inspect(tmp_path / "a.jpg")
    assert found.problem == "image_damaged" or [code for code, _ in found.notes] == ["image_decoder_warning"]
