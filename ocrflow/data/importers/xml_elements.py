"""Reading elements one by one out of a large XML file from strangers.

No entity is ever expanded and no other file fetched: a document type declaration, without which neither exists, is
refused. Memory holds one element at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from ocrflow.data.importers.content import BadContent, brief

_CHUNK_BYTES = 2**16
_DEEPEST = 32


@dataclass
class Element:
    """One XML element: its tag, attributes, line in the file from 1, children, and the text directly in it."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    text: str = ""


def elements(stream: IO[bytes], root: str, wanted: Collection[str]) -> Iterator[Element]:
    """All outermost elements with one of the wanted tags, complete with their children.

    Raises:
        BadContent: not well-formed, another root element, a document type declaration, or too deep; elements before
            the fault have been given out.
    """
    builder = _Builder(root, wanted)
    try:
        while chunk := stream.read(_CHUNK_BYTES):
            builder.parser.Parse(chunk, False)
            yield from builder.take()
        builder.parser.Parse(b"", True)
    except (BadContent, expat.ExpatError, LookupError, ValueError) as error:
        yield from builder.take()
        raise BadContent(_said(error)) from error


def _said(error: Exception) -> str:
    if isinstance(error, expat.ExpatError):
        return f"line {error.lineno}: is not well-formed XML: {expat.ErrorString(error.code)}"
    return str(error) if isinstance(error, BadContent) else f"is not readable XML: {error}"  # an unknown encoding


class _Builder:
    def __init__(self, root: str, wanted: Collection[str]) -> None:
        self._root, self._wanted, self._depth = root, wanted, 0
        self._open: list[Element] = []
        self._done: list[Element] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def take(self) -> list[Element]:
        """The elements that are complete and have not been taken yet."""
        done, self._done = self._done, []
        return done

    def _doctype(self, *_: object) -> None:
        raise BadContent("a document type declaration (<!DOCTYPE>), which no export has, is refused")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and tag != self._root:
            raise BadContent(f"expected the root element <{self._root}>, got <{brief(tag)[1:-1]}>")
        if self._depth > _DEEPEST:
            raise BadContent(f"elements nested more than {_DEEPEST} deep")
        if self._open or tag in self._wanted:
            self._open.append(Element(tag, attributes, self.parser.CurrentLineNumber))

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if not self._open:
            return
        element = self._open.pop()
        (self._open[-1].children if self._open else self._done).append(element)

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text
