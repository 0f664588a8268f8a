"""COCO-Text (versions 1 and 2), TextOCR, and COCO files whose annotations carry a transcription.

COCO-Text: `imgs`, `anns` with `bbox` [x, y, width, height], `polygon` or `mask` x1, y1, x2, y2, ..., `utf8_string`,
`legibility`; what is illegible, and what nobody transcribed, is "###" (github.com/andreasveit/coco-text). TextOCR: the
same with `points`, the first of which is the top left corner of the text, and "." for what is illegible
(textvqa.org/textocr). `set` is the split. COCO: `images`, `annotations` with `segmentation` or `bbox`; the text is the
field, or the one in `attributes`, that is named like one (`rules.TEXT_NAMES`); `iscrowd` is "###".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrflow.data.importers.coco_annotation import annotation_of, carries_text
from ocrflow.data.importers.content import BadContent, brief, number, read_json, text_of
from ocrflow.data.importers.drawn_size import Size, look_at, placed
from ocrflow.data.importers.name_index import FolderImages, label_files
from ocrflow.data.importers.sample import Annotation, Item, Notice, Problem, Sample
from ocrflow.data.importers.splits import TEST_LEFT_OUT, named_split, own_split

_COCO_TEXT, _COCO = ("imgs", "anns"), ("images", "annotations")


def read(source: Path) -> Iterator[Item]:
    """The samples of a label file, or of all .json files below a folder; pictures are looked for in its folder."""
    images = FolderImages(source)
    files = label_files(source, ".json")
    if not files:
        yield Problem(str(source), "no .json file in the folder")
    parts = {part for path in files for part in _parts(path)} if len(files) > 1 else None
    for path in files:
        try:
            yield from _read_file(path, images, parts)
        except BadContent as error:
            yield Problem(str(path), str(error))


def _parts(path: Path) -> set[str | None]:
    """The splits that the pictures of a file are said to be in; what is wrong with it is told when it is read."""
    try:
        content = read_json(path)
        keys = _keys(content)
    except BadContent:
        return set()
    return {_part(info) for _, info in _entries(content[keys[0]]) if isinstance(info, dict)}


def _part(info: dict[str, Any]) -> str | None:
    return named_split(info["set"]) if isinstance(info.get("set"), str) else None


def _keys(content: object) -> tuple[str, str]:
    """The names of the lists of pictures and of annotations."""
    for keys in (_COCO_TEXT, _COCO):
        if isinstance(content, dict) and all(isinstance(content.get(key), dict | list) for key in keys):
            return keys
    raise BadContent('is neither COCO-Text ("imgs" and "anns") nor COCO ("images" and "annotations")')


def _entries(listed: dict[str, Any] | list[Any]) -> list[tuple[str, Any]]:
    """Id and value of each: of an object its keys, of a list the field `id`."""
    if isinstance(listed, dict):
        return list(listed.items())
    return [
        (_id(item.get("id")) if isinstance(item, dict) else f"[{index}]", item) for index, item in enumerate(listed)
    ]


def _id(value: object) -> str:
    return brief(value) if not isinstance(value, str) else value


@dataclass
class _File:
    """A label file that is being read: where it lies, its pictures' folder, and the splits of the source."""

    path: Path
    images: FolderImages
    parts: set[str | None]
    is_coco: bool

    def origin(self, kind: str, key: str) -> str:
        return f"{self.path}#{kind}/{brief(key)[1:-1]}"


def _read_file(path: Path, images: FolderImages, parts: set[str | None] | None) -> Iterator[Item]:
    content = read_json(path)
    of_images, of_annotations = _keys(content)
    pictures = _entries(content[of_images])
    parts = parts or {_part(info) for _, info in pictures if isinstance(info, dict)}
    file = _File(path, images, parts, of_images == "images")
    if file.is_coco and not any(carries_text(item) for _, item in _entries(content[of_annotations])):
        raise BadContent("no annotation carries a transcription: expected a field such as text or attributes.text")
    known = {key for key, _ in pictures}
    of_picture: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for key, item in _entries(content[of_annotations]):
        picture = _id(item.get("image_id")) if isinstance(item, dict) else None
        if picture is not None and picture in known:
            of_picture.setdefault(picture, []).append((key, item))
        else:
            yield Problem(file.origin(of_annotations, key), "belongs to no picture of the file")
    for key, info in pictures:
        yield from _read_picture(file.origin(of_images, key), info, of_picture.pop(key, []), file)


def _read_picture(origin: str, info: object, items: list[tuple[str, dict[str, Any]]], file: _File) -> Iterator[Item]:
    try:
        if not isinstance(info, dict):
            raise BadContent(f"expected an object, got {brief(info)}")
        split = own_split(_part(info), file.parts)
        if split == "test":
            yield Notice(origin, TEST_LEFT_OUT)
            return
        picture = file.images.find(text_of(info.get("file_name", info.get("filename"))), file.path)
        size, look = _size_of(info), look_at(picture)
        placed((), size, look)
    except BadContent as error:
        yield Problem(origin, str(error))
        return
    annotations: list[Annotation] = []
    problems: list[Item] = []
    for key, item in items:
        try:
            text, points = annotation_of(item, is_coco=file.is_coco)
            annotations.append(Annotation(text, placed(points, size, look)))
        except BadContent as error:
            problems.append(Problem(f"{origin}, annotation {brief(key)[1:-1]}", str(error)))
    yield from problems or [Sample(file.images.name_of(picture), picture, tuple(annotations), None, split, origin)]


def _size_of(info: dict[str, Any]) -> Size | None:
    width, height = number(info.get("width")), number(info.get("height"))
    return (width, height) if width and height and min(width, height) > 0 else None
