"""CVAT's export "CVAT for images 1.1": a zip or folder with annotations.xml and the pictures below images/.

Format: docs.cvat.ai/docs/dataset_management/formats/format-cvat and XML annotation format 1.1. Boxes and polygons are
read; `rotation` turns a box clockwise, in degrees, about its middle. The transcription is the attribute that is named
like one (`rules.TEXT_NAMES`), else the only attribute of input type text. A class such as "ignore", or a checkbox of
such a name that is set, makes the text "###". The pictures' `subset` is their split. When nothing is drawn anywhere but
pictures have tags with a text, they are pictures with their text.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ocrflow.data.importers.content import BadContent, brief, number, numbers, polygon, text_of
from ocrflow.data.importers.cvat_source import Export, opened
from ocrflow.data.importers.cvat_survey import Survey, survey_of
from ocrflow.data.importers.drawn_size import Size, look_at, placed
from ocrflow.data.importers.rules import is_ignored, text_name
from ocrflow.data.importers.sample import IGNORED, Annotation, Item, Notice, Points, Problem, Sample
from ocrflow.data.importers.shapes import from_top_left, middle, rectangle, turned
from ocrflow.data.importers.splits import TEST_LEFT_OUT, named_split, own_split
from ocrflow.data.importers.xml_elements import Element, elements


def read(source: Path) -> Iterator[Item]:
    """The samples of a CVAT export: its zip, its folder (all .xml below it), or its XML file beside the pictures."""
    try:
        with opened(source) as export:
            if not export.xmls:
                yield Problem(str(source), 'no .xml file: export as "CVAT for images 1.1" with "Save images"')
            survey = survey_of(export)
            for xml in export.xmls:
                yield from _read_xml(export, xml, survey)
    except BadContent as error:
        yield Problem(str(source), str(error))


def _read_xml(export: Export, xml: str, survey: Survey) -> Iterator[Item]:
    origin = export.origin(xml)
    try:
        with export.open(xml) as stream:
            for element in elements(stream, "annotations", ("image", "track")):
                if element.tag == "track":
                    raise BadContent('is "CVAT for video": export as "CVAT for images 1.1"')
                yield from _read_image(element, export, xml, survey)
    except BadContent as error:
        yield Problem(origin, str(error))


def _read_image(image: Element, export: Export, xml: str, survey: Survey) -> Iterator[Item]:
    origin = f"{export.origin(xml)}:{image.line}"
    split = own_split(named_split(image.attributes.get("subset", "")), survey.parts)
    if split == "test":
        yield Notice(origin, TEST_LEFT_OUT)
        return
    try:
        subset = image.attributes.get("subset", "")
        name, picture = export.picture(text_of(image.attributes.get("name")), subset, xml)
        if not survey.drawn:
            yield Sample(name, picture, None, _tag_text(image, survey), split, origin)
            return
        size, look = _size_of(image), look_at(picture)
        placed((), size, look)
    except BadContent as error:
        yield Problem(origin, str(error))
        return
    annotations: list[Annotation] = []
    problems: list[Item] = []
    for shape in image.children:
        try:
            if shape.tag != "tag":
                annotations.append(Annotation(_text(shape, survey), placed(_points(shape), size, look)))
        except BadContent as error:
            problems.append(Problem(f"{export.origin(xml)}:{shape.line}", str(error)))
    yield from problems or [Sample(name, picture, tuple(annotations), None, split, origin)]


def _size_of(image: Element) -> Size | None:
    width, height = number(image.attributes.get("width")), number(image.attributes.get("height"))
    return (width, height) if width and height and min(width, height) > 0 else None


def _points(shape: Element) -> Points:
    values = shape.attributes
    if shape.tag == "polygon":
        given = [point.split(",") for point in values.get("points", "").split(";")]
        if any(len(point) != 2 for point in given):
            raise BadContent(f"expected points x,y;x,y;..., got {brief(values.get('points', ''))}")
        return from_top_left(polygon(tuple((x, y) for x, y in (numbers(*point) for point in given))))
    if shape.tag != "box":
        raise BadContent(f"the shape type {brief(shape.tag)} encloses no text: draw a rectangle or a polygon")
    box = rectangle(*numbers(*(values.get(key) for key in ("xtl", "ytl", "xbr", "ybr"))))
    (rotation,) = numbers(values.get("rotation", 0))
    return turned(box, middle(box), rotation)


def _text(shape: Element, survey: Survey) -> str:
    """The transcription; empty when the shape has no attribute for it."""
    found = {child.attributes.get("name", ""): child.text for child in shape.children if child.tag == "attribute"}
    label = shape.attributes.get("label", "")
    if is_ignored(label) or any(value.strip().lower() == "true" and is_ignored(name) for name, value in found.items()):
        return IGNORED
    name = text_name(found)
    if name is None:
        typed = [name for name in survey.texts.get(label, found) if name in found]
        name = typed[0] if len(typed) == 1 else None
        if len(typed) > 1:
            raise BadContent(f"several text attributes, {brief(typed)}: name the right one transcription")
    return found[name] if name is not None else ""


def _tag_text(image: Element, survey: Survey) -> str:
    texts = [text for text in (_text(tag, survey) for tag in image.children) if text and text != IGNORED]
    if len(texts) != 1:
        raise BadContent(f"nothing is drawn, and {len(texts)} tags have a text, expected one")
    return texts[0]
