"""The stock PaddleX pipeline, run offline on files: what it found in each image, and its JSON and picture.

PaddleX reads its environment when it is imported, so whoever wants these settings imports it here first.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ocrflow.data.images import read_bgr
from ocrflow.errors import DataError, OutsideError
from ocrflow.report.fonts import CJK_FONT, PADDLEX_FONT
from ocrflow.tasks.ocr.matching import ReadBox
from ocrflow.training.device import parse_device, require

LOGGER = "paddlex"


class StockPipeline:
    """`paddlex.create_pipeline` with an OCR.yaml.

    Args:
        ocr_yaml: the file; a relative `model_dir` in it is taken from the working directory.
        device: as `Global.device`.
        engine: PaddleX's name of the engine; None: its choice.

    Raises:
        UsageError, OutsideError: no such device. OutsideError: PaddleX is not there or cannot load a model.
    """

    def __init__(self, ocr_yaml: Path, device: str = "cpu", engine: str | None = None):
        place = parse_device(device)
        require(place)
        name = place.paddle_name(place.ids[0]) if place.ids else place.kind
        try:
            self._pipeline = _paddlex().create_pipeline(str(ocr_yaml), device=name, engine=engine)
        except Exception as error:
            message = f"{ocr_yaml}: paddlex.create_pipeline refuses it: {_first_line(error)}"
            raise OutsideError(message, fix="export the models again: ocrflow export -c CONFIG") from error

    def run(self, image: Path) -> StockResult:
        """Find and read the texts of an image; of a TIFF of several pages, those of the first.

        Raises:
            DataError: the image cannot be read, or PaddleX fails on it.
        """
        read_bgr(image)
        try:
            results = self._pipeline.predict(str(image))
            return StockResult(next(iter(results)))
        except StopIteration:
            raise DataError(f"{image}: PaddleX reads no {image.suffix or 'files without a suffix'}") from None
        except Exception as error:
            raise DataError(f"{image}: PaddleX fails: {_first_line(error)}") from error


class StockResult:
    """What PaddleX found in one image."""

    def __init__(self, result: Any):
        self._result = result

    @property
    def boxes(self) -> list[ReadBox]:
        """The texts in the order in which PaddleX has them."""
        found = zip(self._result["rec_polys"], self._result["rec_texts"], self._result["rec_scores"], strict=True)
        return [ReadBox(_points(polygon), text, float(score)) for polygon, text, score in found]

    def save(self, folder: Path, picture: bool) -> dict[str, str]:
        """Write PaddleX's JSON, and on demand its picture, into the folder.

        Returns:
            Their names, which are PaddleX's: `json` is `<stem>_res.json`, `picture` `<stem>_ocr_res_img.<ext>`.
        """
        self._result.save_to_json(str(folder))
        names = {"json": f"{self._stem}_res.json"}
        if picture:
            self._result.save_to_img(str(folder))
            names["picture"] = f"{self._stem}_ocr_res_img{Path(self._result['input_path']).suffix}"
        return names

    @property
    def _stem(self) -> str:
        """The file's name without its suffix; a TIFF has pages, whose numbers PaddleX adds."""
        page = self._result["page_index"]
        return Path(self._result["input_path"]).stem + ("" if page is None else f"_{page}")


def _points(polygon: Iterable[Iterable[Any]]) -> tuple[tuple[float, float], ...]:
    return tuple((int(x), int(y)) for x, y in polygon)


def _paddlex() -> Any:
    """The package: it looks for no server, draws with a font that is here, and says only what went wrong."""
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    os.environ.setdefault(PADDLEX_FONT, str(CJK_FONT))
    os.environ.setdefault("PADDLE_PDX_CPU_NUM_THREADS", str(len(os.sched_getaffinity(0))))
    logging.getLogger(LOGGER).addFilter(_is_error)
    try:
        import paddlex
    except ImportError as error:
        raise OutsideError(f"paddlex cannot be imported: {error}", fix="make setup") from error
    return paddlex


def _is_error(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), "") or type(error).__name__
