"""The picture of a Label Studio task, found by the URL that the task's data give it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ocrflow.data.importers.content import BadContent, brief
from ocrflow.data.importers.name_index import SUFFIXES, FolderImages, parts_of

_USUAL_FIELDS = ("image", "ocr", "img", "images", "pages", "url", "picture", "photo")
_UPLOAD_MARK = re.compile(r"[0-9a-f]{8}-(?=.)")
_FIX = "export with images (YOLO or COCO with images), or copy the files of the storage below the folder"


def find_picture(data: dict[str, Any], page: int, images: FolderImages, path: Path) -> Path:
    """The picture of a task.

    Args:
        data: the task's data.
        page: which one, of a list of pictures.
        images: where to look.
        path: the export file; pictures beside it are preferred.

    Raises:
        BadContent: the data name none, or it is not there.
    """
    urls = list(_urls(data, page))
    if not urls:
        raise BadContent(f"no field of the task's data names a picture{f' {page}' if page else ''}")
    for url in urls:
        for name in _names(url):
            try:
                return images.find(name, path)
            except BadContent as error:
                if "no image" not in str(error):
                    raise
    raise BadContent(f"no image for {brief(urls[0])} in the source folder: {_FIX}")


def _urls(data: dict[str, Any], page: int) -> Iterator[str]:
    """Texts in the data that may name the picture, the likeliest first."""
    names = [name for name in _USUAL_FIELDS if name in data]
    for name in [*names, *(name for name in data if name not in names)]:
        value = data[name]
        if isinstance(value, list):
            value = value[page] if page < len(value) else None
        elif page:
            continue
        if isinstance(value, str) and may_name_a_picture(value, usual=name in _USUAL_FIELDS):
            yield value


def may_name_a_picture(value: str, *, usual: bool) -> bool:
    """Whether a text may be a picture's URL or path; in a field of a `usual` name, any text may."""
    if len(value) > 10_000 or value.startswith("data:"):
        return False
    return usual or "://" in value or value.startswith("/data/") or value.lower().endswith(tuple(SUFFIXES))


def _names(url: str) -> Iterator[str]:
    """Paths that the URL may mean: of uploads, local files (?d=), cloud storages, and of their proxy (?fileuri=)."""
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query, max_num_fields=100)
    except ValueError:
        return
    for path in (*query.get("d", ()), *map(_decoded, query.get("fileuri", ())), unquote(parts.path), url):
        yield path
        folder = parts_of(path)
        if folder and _UPLOAD_MARK.match(folder[-1]):
            yield _UPLOAD_MARK.sub("", folder[-1], count=1)


def _decoded(uri: str) -> str:
    try:
        return base64.urlsafe_b64decode(uri + "=" * (-len(uri) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""
