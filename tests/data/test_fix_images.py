"""Images written anew."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrflow.data.decoder import decode
from ocrflow.data.fix_images import is_turned_by_training, on_white, place, rewritten, turned
from ocrflow.errors import OutsideError


def picture(height: int = 40, width: int = 60) -> Image.Image:
    """Soft colours, different in every corner."""
    rng = np.random.default_rng(4)
    few = rng.integers(0, 256, (4, 6, 3), dtype=np.uint8)
    return Image.fromarray(cv2.resize(few, (width, height), interpolation=cv2.INTER_CUBIC))


def saved(image: Image.Image, format_name: str, orientation: int = 1, **options: object) -> bytes:
    """The bytes of an image file with an EXIF orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    image.save(buffer, format_name, exif=exif, **options)
    return buffer.getvalue()


def header(content: bytes | None) -> Image.Image:
    """The image opened by Pillow."""
    assert content is not None
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_name", ["PNG", "TIFF", "WEBP"])
def test_without_loss_training_sees_the_same(format_name: str, orientation: int) -> None:
    options = {"lossless": True} if format_name == "WEBP" else {}
    content = saved(picture(), format_name, orientation, **options)
    written = rewritten(content, as_stored=False)
    assert header(written).format == format_name
    assert header(written).getexif().get(0x0112, 1) == 1
    assert np.array_equal(decode(content), decode(written or b""))


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_jpeg_keeps_its_look_and_its_subsampling(orientation: int) -> None:
    for subsampling, factors in ((0, (1, 1)), (1, (2, 1)), (2, (2, 2))):
        content = saved(picture(), "JPEG", orientation, subsampling=subsampling, quality=90)
        written = rewritten(content, as_stored=False)
        assert header(written).getexif().get(0x0112, 1) == 1
        quarter = orientation >= 5
        assert header(written).layer[0][1:3] == (factors[::-1] if quarter else factors)  # type: ignore[attr-defined]
        seen, now = decode(content), decode(written or b"")
        assert seen is not None and now is not None and seen.shape == now.shape
        assert np.abs(seen.astype(int) - now).mean() < 2.5


def test_a_grey_jpeg_stays_grey() -> None:
    assert header(rewritten(saved(picture().convert("L"), "JPEG", 6), as_stored=False)).mode == "L"


@pytest.mark.parametrize("format_name", ["JPEG", "PNG"])
def test_stored_pixels_are_kept_when_they_are_wanted(format_name: str) -> None:
    content = saved(picture(), format_name, 6)
    written = rewritten(content, as_stored=True)
    stored, now = decode(content, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION), decode(written or b"")
    assert stored is not None and now is not None and stored.shape == now.shape
    assert np.abs(stored.astype(int) - now).mean() < 2.5


@pytest.mark.parametrize("format_name", ["TIFF", "WEBP"])
def test_stored_pixels_that_opencv_does_not_give_are_not_made_up(format_name: str) -> None:
    assert rewritten(saved(picture(), format_name, 6), as_stored=True) is None
    assert not is_turned_by_training(saved(picture(), format_name, 6), 6)


def test_turning_is_that_of_pillow() -> None:
    from PIL import ImageOps

    for orientation in range(1, 9):
        with Image.open(io.BytesIO(saved(picture(), "PNG", orientation))) as image:
            expected = np.asarray(ImageOps.exif_transpose(image))
        assert np.array_equal(turned(np.asarray(picture()), orientation), expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_white_shows_through(dtype: type) -> None:
    most = np.iinfo(dtype).max
    layers = np.array([[[0, 0, 0, 0], [0, 0, 0, most], [most, 0, 0, most // 2]]], dtype)
    flat = on_white(layers)
    assert flat[0, :2].tolist() == [[255, 255, 255], [0, 0, 0]] and flat.dtype == np.uint8
    assert np.abs(flat[0, 2].astype(int) - [255, 128, 128]).max() <= 1


@pytest.mark.parametrize("orientation", [1, 6])
def test_transparency_goes_with_the_turn(orientation: int) -> None:
    image = picture().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 10, 10))
    written = rewritten(saved(image, "PNG", orientation), as_stored=False)
    assert header(written).mode == "RGB"
    now = decode(written or b"")
    assert now is not None
    corner = now[:10, -10:] if orientation == 6 else now[:10, :10]
    assert (corner == 255).all() and not (now == 255).all()


@pytest.mark.parametrize("link", ["copy", "hard", "symlink"])
def test_an_unchanged_image_is_put_in_place(tmp_path: Path, link: str) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(b"content")
    target = tmp_path / "new" / "a.png"
    place(source, target, link)  # type: ignore[arg-type]
    assert target.read_bytes() == b"content"
    assert target.is_symlink() == (link == "symlink")
    assert (target.stat().st_ino == source.stat().st_ino) == (link != "copy")


def test_what_the_disk_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_disk(*_: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", other_disk)
    (tmp_path / "a.png").touch()
    with pytest.raises(OutsideError, match="--link copy"):
        place(tmp_path / "a.png", tmp_path / "b.png", "hard")
