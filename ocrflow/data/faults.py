"""Faults of a dataset: one value a fault, collected all before anything fails, shown as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ocrflow.data.fault_kinds import KINDS, Severity
from ocrflow.errors import DataError

EXAMPLES = 3


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        code: key of `fault_kinds.KINDS`.
        split: "train" or "val"; None when the fault belongs to neither.
        file: the file that has the fault, or the list whose row names a faulty image.
        line: line in `file`, from 1; None when the whole file is meant.
        image: path of the image relative to the dataset's root, or None.
        message: what was found, and what was expected.
        fix: what mends it.
    """

    code: str
    severity: Severity
    split: str | None
    file: str
    line: int | None
    image: str | None
    message: str
    fix: str

    @property
    def place(self) -> str:
        """`file:line`, or `file` alone."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


def fault(
    code: str, message: str, file: Path, *, line: int | None = None, split: str | None = None, image: str | None = None
) -> Fault:
    """A fault of a known `code`; severity and fix come from the table.

    Raises:
        KeyError: the table has no such code.
    """
    kind = KINDS[code]
    fix = kind.fix.replace("{file}", str(file)).replace("{line}", str(line)).replace("{image}", str(image))
    return Fault(code, kind.severity, split, str(file), line, image, message, fix)


def errors_of(faults: Iterable[Fault]) -> list[Fault]:
    """Those that make the data unusable."""
    return [item for item in faults if item.severity == "error"]


def counts(faults: Iterable[Fault]) -> dict[str, int]:
    """How often each code occurs: errors first, the most frequent first."""
    found = Counter(item.code for item in faults)
    return dict(sorted(found.items(), key=lambda pair: (KINDS[pair[0]].severity, -pair[1], pair[0])))


def summary(faults: Sequence[Fault]) -> str:
    """`2 errors, 1 warning`."""
    errors = len(errors_of(faults))
    return f"{_number(errors, 'error')}, {_number(len(faults) - errors, 'warning')}"


def table(faults: Sequence[Fault]) -> str:
    """A block for each code: count and meaning, up to three examples with their place, and what mends the first."""
    blocks = []
    for code, count in counts(faults).items():
        same = [item for item in faults if item.code == code]
        lines = [f"{KINDS[code].severity} {code} ({count}): {KINDS[code].meaning}"]
        lines += [f"    {item.place}: {item.message}" for item in same[:EXAMPLES]]
        if count > EXAMPLES:
            lines.append(f"    ... and {count - EXAMPLES} more")
        blocks.append("\n".join([*lines, f"    fix: {same[0].fix}"]))
    return "\n".join(blocks)


def records(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """The faults as JSON objects."""
    return [asdict(item) for item in faults]


def refuse_errors(faults: Sequence[Fault]) -> None:
    """Do nothing when no fault is an error.

    Raises:
        DataError: its text is the table of the errors.
    """
    errors = errors_of(faults)
    if errors:
        raise DataError(f"{summary(errors)}\n{table(errors)}")


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
