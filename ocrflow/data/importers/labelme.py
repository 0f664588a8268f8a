"""labelme's JSON files, one a picture: `imagePath`, `imageData`, `imageHeight`, `imageWidth`, `shapes`.

Read as github.com/wkentaro/labelme writes them (versions 3 to 7), and X-AnyLabeling's variant with rectangles of four
points and the shape type "rotation".

A shape's text is its `description` when that is filled, else its `label`. With a description, the label is a class, and
the class "ignore" (or "difficult", "illegible", ...) makes the text "###"; so does a flag of such a name that is set.
Coordinates are those of the picture as its EXIF orientation shows it, as labelme itself has shown it since 2019; older
files are recognised by their size and turned.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ocrflow.data.images import MAX_BYTES
from ocrflow.data.importers.content import BadContent, brief, number, pairs, polygon, read_json, text_of
from ocrflow.data.importers.drawn_size import Size, look_at, placed
from ocrflow.data.importers.name_index import FolderImages, label_files, parts_of, suffix_of
from ocrflow.data.importers.rules import is_ignored
from ocrflow.data.importers.sample import IGNORED, Annotation, Item, Points, Problem, Sample
from ocrflow.data.importers.shapes import from_top_left, rectangle

_ORIENTED = ("oriented_rectangle", "rotation")


def read(source: Path) -> Iterator[Item]:
    """The samples of a labelme JSON file, or of all of them below a folder, in order of their names."""
    images = FolderImages(source)
    files = label_files(source, ".json")
    if not files:
        yield Problem(str(source), "no .json file of labelme in the folder")
    for path in files:
        try:
            yield from _read_file(path, images)
        except BadContent as error:
            yield Problem(str(path), str(error))


def _read_file(path: Path, images: FolderImages) -> Iterator[Item]:
    content = read_json(path)
    if not isinstance(content, dict) or not isinstance(content.get("shapes"), list):
        raise BadContent('is no labelme file: expected an object with a list "shapes"')
    size = _size_of(content)
    name, image, placement = _picture(content, path, images, size)
    annotations: list[Annotation] = []
    problems: list[Item] = []
    for index, shape in enumerate(content["shapes"]):
        try:
            text, points = _text(shape), _points(shape)
            annotations.append(Annotation(text, placed(points, size, placement)))
        except BadContent as error:
            problems.append(Problem(f"{path}#shapes[{index}]", str(error)))
    yield from problems or [Sample(name, image, tuple(annotations), None, None, str(path))]


def _size_of(content: dict[str, Any]) -> Size | None:
    width, height = number(content.get("imageWidth")), number(content.get("imageHeight"))
    return (width, height) if width and height and min(width, height) > 0 else None


def _picture(
    content: dict[str, Any], path: Path, images: FolderImages, size: Size | None
) -> tuple[str, Path | bytes, Any]:
    """Name, picture and look: the file if it fits the labels, else what the JSON holds."""
    embedded = content.get("imageData")
    try:
        found = images.find(text_of(content.get("imagePath")), path)
        look = look_at(found)
        placed((), size, look)
        return images.name_of(found), found, look
    except BadContent as error:
        if not embedded:
            raise BadContent(f"{error}") from error
    image = _decoded(embedded)
    suffix = suffix_of(image)
    if not suffix:
        raise BadContent(f'"imageData" is no image: it begins with {image[:8]!r}')
    look = look_at(image)
    placed((), size, look)
    relative = path.relative_to(images.root).with_suffix(suffix)
    stem = (parts_of(str(content.get("imagePath"))) or [relative.name])[-1].rpartition(".")[0] or relative.stem
    return relative.with_name(f"{stem}{suffix}").as_posix(), image, look


def _decoded(embedded: object) -> bytes:
    try:
        if not isinstance(embedded, str) or len(embedded) > MAX_BYTES:
            raise BadContent(f'"imageData" is no image in base64: {brief(embedded)}')
        return base64.b64decode(embedded)
    except (binascii.Error, ValueError) as error:
        raise BadContent(f'"imageData" is not base64: {error}') from error


def _text(shape: Any) -> str:
    if not isinstance(shape, dict):
        raise BadContent(f"expected a shape object, got {brief(shape)}")
    label = text_of(shape.get("label"))
    description = shape.get("description")
    flags = shape.get("flags")
    if isinstance(flags, dict) and any(value is True and is_ignored(name) for name, value in flags.items()):
        return IGNORED
    if isinstance(description, str) and description.strip():
        return IGNORED if is_ignored(label) else text_of(description)
    return label


def _points(shape: dict[str, Any]) -> Points:
    kind = shape.get("shape_type", "polygon")
    points = pairs(shape.get("points"))
    if kind == "polygon":
        return from_top_left(polygon(points))
    if kind == "rectangle" and len(points) == 2:
        return rectangle(*points[0], *points[1])
    if kind in (*_ORIENTED, "rectangle"):
        if len(points) != 4:
            raise BadContent(f"a {kind} of {len(points)} points")
        return points
    raise BadContent(f"the shape type {brief(kind)} encloses no text: draw a polygon or a rectangle")
