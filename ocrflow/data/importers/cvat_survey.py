"""What must be known of a CVAT export before its first picture is read: its subsets, and which attributes are texts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ocrflow.data.importers.content import BadContent
from ocrflow.data.importers.cvat_source import Export
from ocrflow.data.importers.splits import named_split
from ocrflow.data.importers.xml_elements import Element, elements

_OLD_TEXT_ATTRIBUTE = re.compile(r"[@~]text=([^:]+):")


@dataclass
class Survey:
    """What is known of an export.

    Attributes:
        parts: the splits that its subsets name; None among them for any other name.
        drawn: whether there is any shape.
        texts: the text attributes of each label.
    """

    parts: set[str | None] = field(default_factory=set)
    drawn: bool = False
    texts: dict[str, list[str]] = field(default_factory=dict)


def survey_of(export: Export) -> Survey:
    """One pass over all XML files; what is wrong with them is told by the second one."""
    survey = Survey()
    for xml in export.xmls:
        try:
            with export.open(xml) as stream:
                for element in elements(stream, "annotations", ("image", "labels")):
                    _look(element, survey)
        except BadContent:
            continue
    return survey


def _look(element: Element, survey: Survey) -> None:
    if element.tag == "image":
        survey.parts.add(named_split(element.attributes.get("subset", "")))
        survey.drawn |= any(child.tag != "tag" for child in element.children)
        return
    for label in element.children:
        name = "".join(child.text for child in label.children if child.tag == "name")
        for attributes in (child for child in label.children if child.tag == "attributes"):
            survey.texts.setdefault(name, []).extend(filter(None, map(_text_attribute, attributes.children)))


def _text_attribute(attribute: Element) -> str | None:
    """The name of an attribute of the input type text; old exports write `@text=NAME:DEFAULT` for it."""
    found = {child.tag: child.text for child in attribute.children}
    if found:
        return found.get("name") if found.get("input_type") == "text" else None
    old = _OLD_TEXT_ATTRIBUTE.match(attribute.text.strip())
    return old[1] if old else None
