"""PDFs and TIFFs with several pages, real ones made here."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from ocrflow.errors import DataError
from ocrflow.inference import pages
from ocrflow.inference.pages import pdf_pages, tiff_page_count, tiff_pages


def pdf(*sizes: tuple[float, float]) -> bytes:
    """A PDF with an empty page of each size in points."""
    document = pypdfium2.PdfDocument.new()
    for width, height in sizes:
        document.new_page(width, height)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def test_every_page_is_drawn_at_144_dots_an_inch(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf((595, 842), (100, 50)))
    first, second = pdf_pages(tmp_path / "a.pdf", "a.pdf")
    assert (first.number, first.of, first.image.shape) == (1, 2, (1684, 1190, 3))
    assert (second.number, second.of, second.image.shape) == (2, 2, (100, 200, 3))


def test_colours_are_bgr_and_the_page_is_upright(drawn_pdf: bytes) -> None:
    ((_, _, image),) = pdf_pages(drawn_pdf, "drawing")
    assert image.shape == (200, 400, 3)
    assert image.dtype == np.uint8 and image.flags["C_CONTIGUOUS"]
    assert image[150, 50].tolist() == [0, 0, 255]
    assert image[50, 50].tolist() == [255, 255, 255]


def test_equals_paddlex(drawn_pdf: bytes, tmp_path: Path) -> None:
    from paddlex.inference.utils.io import PDFReader

    (tmp_path / "a.pdf").write_bytes(drawn_pdf)
    reader = PDFReader(zoom=2.0)
    theirs = list(reader.read(reader.load(tmp_path / "a.pdf")))
    ours = [page.image for page in pdf_pages(tmp_path / "a.pdf", "a.pdf")]
    assert len(ours) == len(theirs) == 1
    assert np.array_equal(ours[0], theirs[0])


def test_huge_pages_are_drawn_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_PIXELS", 100_000)
    ((_, _, image),) = pdf_pages(pdf((2000, 1000)), "poster")
    assert 90_000 < image.shape[0] * image.shape[1] <= 101_000
    assert image.shape[1] / image.shape[0] == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.4\nnothing else", "not a PDF, a damaged one, or one without pages"),
        (pdf((100, 100))[:200], "not a PDF, a damaged one"),
        (pdf(), "one without pages"),
    ],
)
def test_damaged_and_empty(content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=f"bad.pdf: .*{message}"):
        list(pdf_pages(content, "bad.pdf"))


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        list(pdf_pages(tmp_path / "gone.pdf", "gone.pdf"))


def test_password(locked_pdf: bytes) -> None:
    with pytest.raises(DataError, match=r"locked.pdf: the PDF needs a password(.|\n)*qpdf --decrypt"):
        list(pdf_pages(locked_pdf, "locked.pdf"))


def tiff(count: int, **options: object) -> bytes:
    images = [Image.fromarray(np.full((20, 30, 3), (index * 40, 10, 200), np.uint8)) for index in range(count)]
    content = io.BytesIO()
    images[0].save(content, "TIFF", save_all=True, append_images=images[1:], **options)
    return content.getvalue()


def test_tiff_pages() -> None:
    content = tiff(3)
    assert tiff_page_count(content) == 3
    found = list(tiff_pages(content, "scan.tif"))
    assert [(page.number, page.of) for page in found] == [(1, 3), (2, 3), (3, 3)]
    assert [page.image[0, 0].tolist() for page in found] == [[200, 10, 0], [200, 10, 40], [200, 10, 80]]


def test_other_images_have_one_page() -> None:
    assert tiff_page_count(tiff(1)) == 1
    assert tiff_page_count(b"\x89PNG\r\n\x1a\n") == 1
    assert tiff_page_count(b"II*\0rubbish") == 1


def test_a_page_that_is_too_large_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_PIXELS", 10_000)
    content = io.BytesIO()
    small, large = Image.new("RGB", (30, 20)), Image.new("RGB", (300, 200))
    small.save(content, "TIFF", save_all=True, append_images=[large, small])
    first, second, third = tiff_pages(content.getvalue(), "scan.tif")
    assert isinstance(first.image, np.ndarray) and isinstance(third.image, np.ndarray)
    assert isinstance(second.image, DataError) and "scan.tif: page 2 is damaged, or has more" in str(second.image)
