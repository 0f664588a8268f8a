"""Letting Great Expectations judge a table, and keeping what it says as plain values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocrflow.errors import UsageError
from ocrflow.expectations.build import PAGE
from ocrflow.expectations.sentence import sentence
from ocrflow.expectations.suite import Entry

if TYPE_CHECKING:
    import pandas

EXAMPLES = 5


@dataclass(frozen=True)
class Outcome:
    """What became of one expectation.

    Attributes:
        entry: the expectation.
        meaning: it as a sentence, in Great Expectations' words.
        met: whether the rows meet it.
        observed: the value of an expectation about a whole column or table, or which values are unexpected or missing
            in it; None for an expectation about single rows.
        rows: rows that were looked at; None for an expectation about a whole column or table.
        unexpected: how many of them do not meet it; None likewise.
        percent: the same in percent of the rows that have a value.
        examples: index in the table of up to `EXAMPLES` of them.
    """

    entry: Entry
    meaning: str
    met: bool
    observed: Any
    rows: int | None
    unexpected: int | None
    percent: float | None
    examples: list[int]


Judgement = tuple[list[Outcome], dict[str, Any]]


def judge(frame: pandas.DataFrame, entries: list[Entry], expectations: list[Any]) -> Judgement:
    """Validate the table.

    Args:
        frame: rows indexed 0, 1, 2 ...
        entries, expectations: the suite, and what `build` made of it.

    Returns:
        The outcomes in the suite's order, and Great Expectations' own validation result as JSON values, the same for
        the same table: without the time of the run.

    Raises:
        UsageError: an expectation cannot be applied to this table; names it and its place.
    """
    import great_expectations

    suite = great_expectations.ExpectationSuite(name="rows", expectations=expectations)
    form = {"result_format": "SUMMARY", "partial_unexpected_count": EXAMPLES}
    validation = _batch(frame).validate(suite, result_format=form)
    found = {result.expectation_config.meta["name"]: result for result in validation.results}
    _refuse_inapplicable([(entry, found[entry.name]) for entry in entries])
    for result in validation.results:  # some kinds leave numpy's values, which JSON lacks
        result.success, result.result = bool(result.success), plain(result.result)
    outcomes = [_outcome(entry, found[entry.name]) for entry in entries]
    validation.results = [found[entry.name] for entry in entries]
    validation.meta.pop("batch_markers", None)
    return outcomes, plain(validation.to_json_dict())


def _batch(frame: pandas.DataFrame) -> Any:
    """The table as Great Expectations wants it, in a context that writes no file and shows no progress bar."""
    import great_expectations
    from great_expectations.data_context.types import base

    settings = base.DataContextConfig(
        store_backend_defaults=base.InMemoryStoreBackendDefaults(),
        progress_bars=base.ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = great_expectations.get_context(mode="ephemeral", project_config=settings)
    asset = context.data_sources.add_pandas("dataset").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})


def _refuse_inapplicable(results: list[tuple[Entry, Any]]) -> None:
    lines = []
    for entry, result in results:
        message = _exception(plain(result.exception_info))
        if message:
            lines.append(f"{entry.item.place}: {entry.name} cannot be applied: {message}")
    if lines:
        fix = f"correct or drop {'it' if len(lines) == 1 else 'them'}; {PAGE} says what the columns hold"
        raise UsageError("\n  ".join(lines), fix=fix)


def _exception(info: dict[str, Any]) -> str:
    """The first message in an `exception_info`, which holds one, or one a metric; empty when nothing was raised."""
    for part in (info, *(value for value in info.values() if isinstance(value, dict))):
        if part.get("raised_exception") or part.get("exception_message"):
            lines = str(part.get("exception_message")).strip().splitlines()
            return lines[0] if lines else "it raised an exception"
    return ""


def _outcome(entry: Entry, result: Any) -> Outcome:
    values = result.result
    of_rows = "element_count" in values
    return Outcome(
        entry,
        sentence(entry, result),
        result.success,
        _observed(values, of_rows),
        values.get("element_count"),
        values.get("unexpected_count") if of_rows else None,
        values.get("unexpected_percent"),
        [index for index in values.get("partial_unexpected_index_list") or [] if isinstance(index, int)],
    )


def _observed(values: dict[str, Any], of_rows: bool) -> Any:
    if of_rows or values.get("observed_value") is not None:
        return values.get("observed_value")
    lists = {kind: values.get(f"partial_{kind}_list") for kind in ("unexpected", "missing")}
    return {f"{kind}_values": items for kind, items in lists.items() if items} or None


def plain(value: Any) -> Any:
    """The value in JSON's own kinds; what JSON lacks (NaN, dates, objects) becomes null or text."""
    if hasattr(value, "to_json_dict"):
        value = value.to_json_dict()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if hasattr(value, "dtype"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return value if value is None or isinstance(value, str | int) else str(value)
