"""Reading a suite file: YAML with `expectations`, a list of mappings, and in a user's file `drop`, a list of names.

    expectations:
      - name: length_usual
        expectation: expect_column_values_to_be_between
        column: length
        max_value: 40
        mostly: 0.99
        severity: warning
        why: one sentence
    drop: [label_trimmed]

What is read is not yet compared with Great Expectations: its import costs seconds. Every value keeps its `file:line`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ocrflow.errors import UsageError
from ocrflow.models import nearest

PAGE = "docs/expectations.md"
SECTIONS = ("expectations", "drop")
OWN_KEYS = ("name", "expectation", "severity", "why", "skip_if_divided")


@dataclass(frozen=True)
class Item:
    """One mapping below `expectations`: its values, where it begins, and where each value stands as `file:line`."""

    values: dict[str, Any]
    place: str
    places: dict[str, str]

    def place_of(self, key: str) -> str:
        """`file:line` of a key, of the item where it has no such key."""
        return self.places.get(key, self.place)


@dataclass(frozen=True)
class SuiteFile:
    """What a suite file says: its items, and the names that it drops with their places."""

    path: Path
    items: list[Item]
    drop: dict[str, str] = field(default_factory=dict)


def read_suite_file(path: Path) -> SuiteFile:
    """Read and check the form.

    Raises:
        UsageError: no such file, broken YAML, an unknown section, or a value of the wrong kind; names file and line.
    """
    loader, node = _parsed(path)
    reader = _Reader(path, loader)
    if isinstance(node, yaml.SequenceNode):
        return SuiteFile(path, [reader.item(item) for item in node.value])
    sections = reader.mapping(node, "sections expectations or drop") if node else {}
    for name, (_, key) in sections.items():
        if name not in SECTIONS:
            raise wrong(reader.place(key), f"unknown section {name!r}{nearest(name, SECTIONS)}")
    items = [reader.item(item) for item in reader.sequence(sections, "expectations")]
    drop = {reader.text(item): reader.place(item) for item in reader.sequence(sections, "drop")}
    return SuiteFile(path, items, drop)


def wrong(place: str, message: str) -> UsageError:
    """The error for something in a suite file."""
    return UsageError(f"{place}: {message}", fix=f"correct {place}; {PAGE} shows the form")


def _parsed(path: Path) -> tuple[yaml.SafeLoader, yaml.Node | None]:
    try:
        loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
        return loader, loader.get_single_node()
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not readable as YAML: {error}", fix="mend the line that is named") from error
    except OSError as error:
        message = f"CheckDataset.expectations={path}: {error.strerror or error}"
        raise UsageError(message, fix="-o CheckDataset.expectations=FILE with a YAML file") from error


class _Reader:
    """Turns YAML nodes into values, and says where they stand."""

    def __init__(self, path: Path, loader: yaml.SafeLoader):
        self.path, self.loader = path, loader

    def place(self, node: yaml.Node) -> str:
        return f"{self.path}:{node.start_mark.line + 1}"

    def mapping(self, node: yaml.Node, expected: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Value and key node of each key."""
        if not isinstance(node, yaml.MappingNode):
            raise wrong(self.place(node), f"expected {expected}, got {self._value(node)!r}")
        names = set()
        for key, _ in node.value:
            if key.value in names:
                raise wrong(self.place(key), f"{key.value!r} stands twice")
            names.add(key.value)
        self.loader.flatten_mapping(node)
        return {self.text(key): (value, key) for key, value in node.value}

    def item(self, node: yaml.Node) -> Item:
        pairs = self.mapping(node, "keys such as expectation and column")
        values = {name: self._value(value) for name, (value, _) in pairs.items()}
        return Item(values, self.place(node), {name: self.place(key) for name, (_, key) in pairs.items()})

    def sequence(self, sections: dict[str, tuple[yaml.Node, yaml.Node]], name: str) -> list[yaml.Node]:
        """The nodes of a section; none when it is absent or empty."""
        node = sections[name][0] if name in sections else None
        if node is None or self._value(node) is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise wrong(self.place(node), f"{name}: expected a list, got {self._value(node)!r}")
        return list(node.value)

    def text(self, node: yaml.Node) -> str:
        value = self._value(node)
        if not isinstance(value, str) or not value:
            raise wrong(self.place(node), f"expected a name, got {value!r}")
        return value

    def _value(self, node: yaml.Node) -> Any:
        try:
            return self.loader.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError) as error:
            raise wrong(self.place(node), f"not a value that YAML knows: {error}") from error
