"""The suite of a task: the built-in expectations, changed and extended by a user's file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from ocrflow.expectations.suite_file import OWN_KEYS, Item, SuiteFile, read_suite_file, wrong
from ocrflow.files import sha256_of
from ocrflow.models import nearest

Severity = Literal["error", "warning"]
SUITES = Path(__file__).parent / "suites"
_PACKAGE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Entry:
    """One expectation as a suite file has it.

    Attributes:
        name: unique in the suite; a user's file changes or drops an entry by it.
        expectation: Great Expectations' name of its kind, e.g. expect_column_values_to_be_between.
        arguments: what the kind takes, e.g. column and max_value.
        severity: whether rows that do not meet it end the stage.
        why: a sentence for people.
        skip_if_divided: it speaks of train and val, which `CheckDataset.split.enable` is about to replace.
        item: where it stands.
    """

    name: str
    expectation: str
    arguments: dict[str, Any]
    severity: Severity
    why: str
    skip_if_divided: bool
    item: Item

    @property
    def columns(self) -> list[str]:
        """The columns that it looks at; none for one about the whole table."""
        single = [self.arguments[key] for key in ("column", "column_A", "column_B") if key in self.arguments]
        several = self.arguments.get("column_list")
        return [str(name) for name in [*single, *(several if isinstance(several, list) else [])]]


@dataclass(frozen=True)
class Suite:
    """All entries of a run in order, and the files that they came from with their SHA-256."""

    entries: list[Entry]
    files: list[dict[str, str]]


def load_suite(task: str, user_file: Path | None = None) -> Suite:
    """The built-in suite of a task with the changes of `user_file`.

    An item of the user's file with the name of a built-in one replaces it; without the key `expectation` it changes
    only the keys it has. `drop` names what is left out.

    Raises:
        UsageError: a file is missing or wrong; names file and line.
    """
    files = [read_suite_file(path) for path in (SUITES / f"{task}.yaml", user_file) if path]
    items: dict[str, Item] = {}
    for file in files:
        _refuse_unknown_drops(file, items)
        items = {name: item for name, item in items.items() if name not in file.drop}
        items |= _merged(file, items)
    return Suite([_entry(name, item) for name, item in items.items()], [_record(file.path) for file in files])


def _refuse_unknown_drops(file: SuiteFile, items: dict[str, Item]) -> None:
    for name, place in file.drop.items():
        if name not in items:
            raise wrong(place, f"drop: no built-in expectation {name!r}{nearest(name, items)}")


def _merged(file: SuiteFile, before: dict[str, Item]) -> dict[str, Item]:
    """The items of a file by name, those without `expectation` completed from before."""
    found: dict[str, Item] = {}
    for item in file.items:
        name = _name(item, found)
        if name in found:
            raise wrong(item.place_of("name"), f"two expectations are named {name!r}")
        if "expectation" not in item.values:
            item = _completed(item, name, before)
        found[name] = item
    return found


def _name(item: Item, taken: dict[str, Item]) -> str:
    """The given name, or kind and column, with a number where that is taken."""
    name = item.values.get("name")
    if name is None:
        column = item.values.get("column")
        base = f"{item.values.get('expectation')}" + (f" {column}" if column else "")
        numbers = range(2, len(taken) + 3)
        return next(name for name in (base, *(f"{base} {number}" for number in numbers)) if name not in taken)
    if not isinstance(name, str) or not name.strip():
        raise wrong(item.place_of("name"), f"name: expected text, got {name!r}")
    return name


def _completed(item: Item, name: str, before: dict[str, Item]) -> Item:
    if "name" not in item.values:
        raise wrong(item.place, "expected the key expectation, or the name of a built-in one to change")
    if name not in before:
        message = f"no built-in expectation {name!r} to change{nearest(name, before)}; a new one needs expectation"
        raise wrong(item.place_of("name"), message)
    base = before[name]
    return Item(base.values | item.values, item.place, base.places | item.places)


def _entry(name: str, item: Item) -> Entry:
    values = item.values
    kind = _checked(item, "expectation", "", "text", isinstance(values.get("expectation"), str))
    severity = values.get("severity", "error")
    _checked(item, "severity", "error", "error or warning", severity in get_args(Severity))
    why = _checked(item, "why", "", "text", isinstance(values.get("why", ""), str))
    skip = values.get("skip_if_divided", False)
    _checked(item, "skip_if_divided", False, "true or false", isinstance(skip, bool))
    arguments = {key: value for key, value in values.items() if key not in OWN_KEYS}
    return Entry(name, kind, arguments, severity, why, skip, item)


def _checked(item: Item, key: str, default: Any, expected: str, right: bool) -> Any:
    if not right:
        raise wrong(item.place_of(key), f"{key}: expected {expected}, got {item.values.get(key)!r}")
    return item.values.get(key, default)


def _record(path: Path) -> dict[str, str]:
    name = path.relative_to(_PACKAGE) if path.is_relative_to(SUITES) else path
    return {"file": name.as_posix(), "sha256": sha256_of(path)}
