"""From the entries of a suite to expectations of Great Expectations, by the names that it gives them.

Great Expectations is imported here, without telemetry and without its log lines; the import takes 6 to 8 seconds.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Collection
from typing import Any

from ocrflow.errors import UsageError
from ocrflow.expectations.suite import Entry
from ocrflow.expectations.suite_file import PAGE, wrong
from ocrflow.models import nearest

_INTERNAL = ("batch_id", "library_metadata", "condition_parser")  # not for a suite file, nor what all kinds have
_ABOUT_COLUMNS = ("expect_column_to_exist",)  # they may name columns that are not there
_SEVERITY = {"error": "critical", "warning": "warning"}
_CODE_MARKS = ("@", "__")  # pandas would run code that a condition holds


def quiet_great_expectations() -> None:
    """Import Great Expectations: no telemetry, no log line below a warning, whatever the root logger is set to."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    import great_expectations  # noqa: F401


def build(entries: list[Entry], columns: Collection[str]) -> list[Any]:
    """One `great_expectations` expectation an entry, in order; its `meta` holds the entry's name.

    Raises:
        UsageError: an unknown kind, column or argument, or a value that the kind refuses; names all of them with place.
    """
    quiet_great_expectations()
    built, refused = [], []
    for entry in entries:
        try:
            built.append(_built(entry, columns))
        except UsageError as error:
            refused.append(error)
    if len(refused) == 1:
        raise refused[0]
    if refused:
        lines = [str(error.args[0]) for error in refused]
        raise UsageError("\n  ".join(["the suite of expectations is wrong:", *lines]), fix=f"{PAGE} shows the form")
    return built


def _built(entry: Entry, columns: Collection[str]) -> Any:
    kind = _kind(entry)
    _refuse_unknown(entry, kind, columns)
    arguments = dict(entry.arguments)
    if isinstance(arguments.get("row_condition"), str):
        arguments["row_condition"] = _condition(entry)
    try:
        return kind(**arguments, severity=_SEVERITY[entry.severity], meta={"name": entry.name}, notes=entry.why or None)
    except (ValueError, TypeError) as error:
        raise _refused(entry, error) from error


def _kind(entry: Entry) -> Any:
    """The class of Great Expectations."""
    from great_expectations.expectations import registry

    known = registry.list_registered_expectation_implementations()
    if entry.expectation not in known:
        message = f"no expectation {entry.expectation!r}{nearest(entry.expectation, known)}"
        raise wrong(entry.item.place_of("expectation"), message)
    return registry.get_expectation_impl(entry.expectation)


def _refuse_unknown(entry: Entry, kind: Any, columns: Collection[str]) -> None:
    from great_expectations.expectations import Expectation

    known = [name for name in kind.__fields__ if name not in Expectation.__fields__ and name not in _INTERNAL]
    for key in entry.arguments:
        if key not in known:
            message = f"{entry.expectation} has no argument {key!r}{nearest(key, known)}; it has {', '.join(known)}"
            raise wrong(entry.item.place_of(key), message)
    if entry.expectation in _ABOUT_COLUMNS or entry.expectation.startswith("expect_table_"):
        return
    for name in entry.columns:
        if name not in columns:
            key = next((key for key, value in entry.arguments.items() if value == name), "column_list")
            message = f"no column {name!r}{nearest(name, columns)}; there are {', '.join(columns)}"
            raise wrong(entry.item.place_of(key), message)


def _condition(entry: Entry) -> Any:
    """The rows that an entry speaks of: a condition as `pandas.DataFrame.query` takes it."""
    from great_expectations.expectations.row_conditions import PassThroughCondition

    text = entry.arguments["row_condition"]
    if any(mark in text for mark in _CODE_MARKS):
        place = entry.item.place_of("row_condition")
        raise wrong(place, f"row_condition: expected a comparison such as width > 100, got {text!r}")
    return PassThroughCondition(pass_through_filter=text)


def _refused(entry: Entry, error: Exception) -> UsageError:
    """What pydantic says of the arguments: for each of them once."""
    details: dict[str, list[str]] = {}
    for problem in getattr(error, "errors", list)():
        details.setdefault(".".join(map(str, problem["loc"])), []).append(problem["msg"])
    if len(details) > 1:
        details.pop("__root__", None)
    starts = {key: "" if key == "__root__" else f"{key}: " for key in details}
    text = "; ".join(starts[key] + " or ".join(messages) for key, messages in details.items())
    return wrong(entry.item.place_of(next(iter(details), "")), f"{entry.name}: {text or error}")
