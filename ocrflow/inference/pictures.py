"""Pictures of what was found and read, one an image, in folders like those of the images."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import cv2
import numpy as np
from PIL import Image

from ocrflow.data.boxes import Box
from ocrflow.errors import UsageError
from ocrflow.files import replacing, write_failed
from ocrflow.inference.answers import Answer, ImageBoxes, TextBox
from ocrflow.inference.reading import Picture
from ocrflow.inference.sources import FileSource, Source
from ocrflow.report.detection_samples import draw_boxes
from ocrflow.report.samples import captioned

_QUALITY = 90
_LONGEST_NAME = 200  # bytes; file systems take 255, and a temporary name is longer


class PictureFolder:
    """Writes pictures into a folder of their own, which is emptied first.

    Args:
        folder: where they go, as `SUBFOLDER/NAME.SUFFIX.jpg`; a page of a PDF as `NAME.pdf.page3.jpg`.
        sources: all images there will be; subfolders are those below the one that all files have in common.

    Raises:
        UsageError: images to read lie in it. OutsideError: it cannot be emptied or written.
    """

    def __init__(self, folder: Path, sources: Sequence[Source]):
        self.folder = folder
        files = [_absolute(source.path) for source in sources if isinstance(source, FileSource)]
        self._common = os.path.commonpath([file.parent for file in files]) if files else ""
        self._taken: set[str] = set()
        if any(file.is_relative_to(_absolute(folder)) for file in files):
            message = f"{folder}: images to read lie in it, and it is emptied for the new pictures"
            raise UsageError(message, fix="-o Global.output=ANOTHER, or Predict.pictures=false")
        try:
            if folder.exists():
                shutil.rmtree(folder)
        except OSError as error:
            raise write_failed(folder, error) from error

    def write(self, picture: Picture, answer: Answer) -> Path:
        """Draw `answer` on its image, and return the file."""
        assert isinstance(picture.image, np.ndarray)
        path = self.folder / self._free(self._name(picture))
        with replacing(path) as temporary:
            drawn(picture.image, answer).save(temporary, format="JPEG", quality=_QUALITY)
        return path

    def _name(self, picture: Picture) -> str:
        source = picture.source
        if isinstance(source, FileSource):
            name = os.path.relpath(_absolute(source.path), self._common)
        else:
            parts = urlsplit(source.name)
            name = unquote(f"{parts.netloc}/{parts.path}?{parts.query}").strip("/?")
        steps = [_short(step) for step in name.split("/") if step not in ("", ".", "..")]
        page = "" if picture.page is None else f".page{picture.page}"
        return "/".join(steps) + page

    def _free(self, name: str) -> str:
        """`name`, or with a number when it is taken; case does not tell two apart everywhere."""
        number, free = 1, name
        while free.lower() in self._taken:
            number += 1
            free = f"{name}_{number}"
        self._taken.add(free.lower())
        return f"{free}.jpg"


def _absolute(path: Path) -> Path:
    """Without `..`, and links as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve follows links


def _short(name: str) -> str:
    """A name that a file system takes: no zero byte, and a long one cut, with a hash that tells it apart."""
    name = name.replace("\0", "")
    encoded = os.fsencode(name)
    if len(encoded) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:12]
    return f"{encoded[: _LONGEST_NAME - 13].decode('utf-8', 'ignore')}_{digest}"


def drawn(image_HWC: np.ndarray, answer: Answer) -> Image.Image:
    """The image with the found boxes and their texts beside or below; of one line the image above its text."""
    image = Image.fromarray(cv2.cvtColor(image_HWC, cv2.COLOR_BGR2RGB))
    if isinstance(answer, ImageBoxes):
        return draw_boxes(image, [Box(_words(box), box.points) for box in answer.boxes])
    return captioned(image, f"{answer.text or '(no text)'}   {answer.score:.2f}")


def _words(box: TextBox) -> str:
    if box.text is None:
        return f"{box.score:.2f}"
    return f"{box.text or '(no text)'}   {box.text_score:.2f}"
