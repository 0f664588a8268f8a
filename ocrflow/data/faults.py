"""Faults of a dataset: one value a fault, collected all before anything fails, shown as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ocrflow.data.fault_kinds import KINDS, Severity
from ocrflow.errors import DataError

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
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
        return _plain(self.file) if self.line is None else f"{_plain(self.file)}:{self.line}"


def fault(
    code: str, message: str, file: Path, *, line: int | None = None, split: str | None = None, image: str | None = None
) -> Fault:
    """A fault of a known `code`; severity and fix come from the table.

    Raises:
        KeyError: the table has no such code.
    """
    kind = KINDS[code]
    fix = kind.fix.replace("{file}", _plain(file)).replace("{line}", str(line)).replace("{image}", _plain(image))
    return Fault(code, kind.severity, split, str(file), line, image, message, fix)


def _plain(name: object) -> str:
    """A name for a terminal: what would move its cursor or colour it is escaped."""
    text = str(name)
    return text if text.isprintable() else repr(text)[1:-1]


class Tally:
    """How often each code was found, with its first examples; keeps nothing else of the faults."""

    def __init__(self, faults: Iterable[Fault] = ()):
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[Fault]] = {}
        for item in faults:
            self.add(item)

    def add(self, item: Fault) -> None:
        """Count one fault."""
        self.counts[item.code] += 1
        examples = self.examples.setdefault(item.code, [])
        if len(examples) < EXAMPLES:
            examples.append(item)

    def ordered(self) -> dict[str, int]:
        """Count by code: errors first, the most frequent first."""
        pairs = sorted(self.counts.items(), key=lambda pair: (KINDS[pair[0]].severity, -pair[1], pair[0]))
        return dict(pairs)

    def number(self, severity: Severity) -> int:
        """How many faults are of this severity."""
        return sum(count for code, count in self.counts.items() if KINDS[code].severity == severity)

    def summary(self) -> str:
        """`2 errors, 1 warning`."""
        return f"{_number(self.number('error'), 'error')}, {_number(self.number('warning'), 'warning')}"

    def table(self) -> str:
        """A block for each code: count and meaning, up to three examples with their place, and what mends the first."""
        blocks = []
        for code, count in self.ordered().items():
            lines = [f"{KINDS[code].severity} {code} ({count}): {KINDS[code].meaning}"]
            lines += [f"    {item.place}: {item.message}" for item in self.examples[code]]
            if count > EXAMPLES:
                lines.append(f"    ... and {count - EXAMPLES} more")
            blocks.append("\n".join([*lines, f"    fix: {self.examples[code][0].fix}"]))
        return "\n".join(blocks)


def refuse_errors(faults: Iterable[Fault]) -> None:
    """Do nothing when no fault is an error.

    Raises:
        DataError: its text is the table of the errors.
    """
    errors = Tally(item for item in faults if item.severity == "error")
    if errors.counts:
        raise DataError(f"{errors.summary()}\n{errors.table()}")


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
