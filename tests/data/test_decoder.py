"""Decoding, and what the decoders complain about."""

from __future__ import annotations

import io
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrflow.data.decoder import decode, decode_listening

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 80, 3), dtype=np.uint8)


def encoded(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, kind, **options)
    return buffer.getvalue()


def damaged_jpeg(spot: bytes = b"\xff\x00" * 3) -> bytes:
    """Other bytes in the entropy-coded data: by default bits that are no code word."""
    content = encoded("JPEG", quality=90)
    at = content.index(b"\xff\xda") + 300
    return content[:at] + spot + content[at + len(spot) :]


def damaged_png() -> bytes:
    """A wrong CRC of the data."""
    content = encoded("PNG")
    at = content.index(b"IEND") - 8
    return content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :]


def test_decode_is_opencv() -> None:
    image = decode(encoded("PNG"))
    assert image is not None and np.array_equal(image, PIXELS[:, :, ::-1])
    grey = decode(encoded("PNG"), cv2.IMREAD_GRAYSCALE)
    assert grey is not None and grey.shape == (24, 80)


@pytest.mark.parametrize("content", [b"", b"x", b"no image at all", encoded("GIF")[:20], encoded("PNG")[:30]])
def test_what_cannot_be_decoded_is_none(content: bytes) -> None:
    assert decode(content) is None
    assert decode_listening(content)[0] is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "WEBP", "TIFF"])
def test_nothing_is_said_of_a_good_image(kind: str) -> None:
    image, complaint = decode_listening(encoded(kind))
    assert image is not None and image.shape == (24, 80, 3)
    assert complaint == ""


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (damaged_jpeg(), "Corrupt JPEG data: bad Huffman code"),
        (damaged_jpeg(b"\xff\xd1"), "Corrupt JPEG data: premature end of data segment"),
        (damaged_png(), "libpng error: IDAT: CRC error"),
        (encoded("PNG")[:-100], "libpng error: PNG input buffer is incomplete"),
    ],
)
def test_a_complaint_is_heard_and_belongs_to_its_image_alone(content: bytes, complaint: str) -> None:
    assert complaint in decode_listening(content)[1]
    assert decode_listening(encoded("JPEG"))[1] == ""


def test_opencv_says_nothing_of_half_a_jpeg() -> None:
    """So its end must be looked for in another way; `image_header` does."""
    content = encoded("JPEG")
    image, complaint = decode_listening(content[: len(content) // 2])
    assert image is not None and complaint == ""


def test_nothing_reaches_the_terminal_and_stderr_is_given_back(capfd: pytest.CaptureFixture[str]) -> None:
    before = os.fstat(2)
    for content in (damaged_jpeg(), damaged_png(), encoded("JPEG")[:-100], encoded("TIFF")[:-100], b"BM"):
        decode_listening(content)
    after = os.fstat(2)
    os.write(2, b"heard\n")
    assert (before.st_dev, before.st_ino) == (after.st_dev, after.st_ino)
    assert capfd.readouterr().err == "heard\n"


def test_stderr_is_given_back_after_an_exception(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(cv2, "imdecode", fail)
    with pytest.raises(MemoryError):
        decode_listening(encoded("PNG"))
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"


def test_no_file_descriptor_is_left_open() -> None:
    decode_listening(damaged_jpeg())
    before = sorted(item.name for item in Path("/proc/self/fd").iterdir())
    for _ in range(50):
        decode_listening(damaged_jpeg())
    assert sorted(item.name for item in Path("/proc/self/fd").iterdir()) == before


def test_a_very_long_complaint_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    def chatter(*_: object) -> None:
        os.write(2, b"x" * 100_000)

    monkeypatch.setattr(cv2, "imdecode", chatter)
    assert decode_listening(b"x")[1] == "x" * 2000
    monkeypatch.undo()
    assert decode_listening(encoded("PNG"))[1] == ""


def _hear(results: multiprocessing.queues.Queue[list[str]]) -> None:
    results.put([decode_listening(damaged_png())[1] for _ in range(20)])


def test_processes_do_not_hear_each_other() -> None:
    """A forked process has its own file, although its parent listened before."""
    decode_listening(damaged_png())
    context = multiprocessing.get_context("fork")
    results: multiprocessing.queues.Queue[list[str]] = context.Queue()
    process = context.Process(target=_hear, args=(results,))
    process.start()
    own = [decode_listening(damaged_jpeg())[1] for _ in range(20)]
    theirs = results.get(timeout=30)
    process.join(timeout=30)
    assert all("Huffman" in text and "CRC" not in text for text in own)
    assert all("CRC" in text and "Huffman" not in text for text in theirs)


def test_the_complaints_of_a_whole_process_stay_off_its_stderr() -> None:
    program = (
        "import sys\nfrom ocrflow.data.decoder import decode_listening\n"
        "assert decode_listening(sys.stdin.buffer.read())[1]\nprint('end', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=damaged_jpeg(), capture_output=True, check=True)
    assert done.stderr == b"end\n"
