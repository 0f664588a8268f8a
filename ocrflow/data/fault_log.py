"""The complete record of what is wrong with a dataset, written as it is found, and what the user accepts of it.

`faults.jsonl` has one object a fault. `CheckDataset.allow` says how large a share of the rows may have a fault; those
rows are named in `excluded.jsonl` and left out by the stage split.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from ocrflow.data.fault_kinds import KINDS
from ocrflow.data.faults import Fault, Tally
from ocrflow.errors import UsageError
from ocrflow.files import replacing, write_jsonl
from ocrflow.models import nearest

FAULTS, EXCLUDED = "faults.jsonl", "excluded.jsonl"
_LINE_ENDS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}  # some readers end a line there
Place = tuple[str, int]  # split and line of a row


class FaultLog:
    """Counts and writes faults; a context manager that completes the file when the block ends well.

    Args:
        folder: where `faults.jsonl` goes.
        allow: fault code: largest share of rows that may have it.
    """

    def __init__(self, folder: Path, allow: Mapping[str, float]):
        self.folder, self.allow = folder, allow
        self.tally = Tally()
        self._rows: dict[str, dict[Place, Fault]] = {code: {} for code in allow}
        self._closing = ExitStack()
        self._file: TextIO

    def __enter__(self) -> FaultLog:
        temporary = self._closing.enter_context(replacing(self.folder / FAULTS))
        self._file = self._closing.enter_context(temporary.open("w", encoding="utf-8", newline="\n"))
        return self

    def __exit__(self, *exception: Any) -> bool | None:
        return self._closing.__exit__(*exception)

    def add(self, item: Fault) -> None:
        """Record one fault."""
        self.tally.add(item)
        self._file.write(_line(asdict(item)))
        if item.code in self._rows and item.split and item.line:
            self._rows[item.code].setdefault((item.split, item.line), item)

    def extend(self, items: Iterable[Fault]) -> None:
        """Record all of them."""
        for item in items:
            self.add(item)

    def verdict(self, rows_of_split: Mapping[str, int]) -> Verdict:
        """What is accepted, after all faults of a dataset with this many readable rows were added.

        Nothing is when a list that had rows, or had none but faulty lines, would have none left.
        """
        rows = sum(rows_of_split.values())
        shares = {code: len(found) / rows for code, found in self._rows.items() if found and rows}
        accepted = [code for code, share in shares.items() if share <= self.allow[code]]
        excluded: dict[Place, list[Fault]] = {}
        for code in accepted:
            for place, item in self._rows[code].items():
                excluded.setdefault(place, []).append(item)
        emptied = _emptied(rows_of_split, excluded)
        if emptied:
            verdict = Verdict(self, {}, {}, rows)
            verdict.over = [f"CheckDataset.allow would leave no row in {' and '.join(emptied)}"]
            return verdict
        return Verdict(self, {code: len(self._rows[code]) for code in accepted}, excluded, rows)

    def over(self, accepted: Iterable[str], rows: int) -> Iterator[str]:
        """A line for each code that occurs in more rows than allowed."""
        for code, found in self._rows.items():
            if found and code not in accepted:
                share, limit = len(found) / rows if rows else 1.0, self.allow[code]
                yield f"CheckDataset.allow.{code}={limit:g}: {len(found)} of {rows} rows have it ({share:.2%})"


def _emptied(rows_of_split: Mapping[str, int], excluded: Mapping[Place, list[Fault]]) -> list[str]:
    """The splits that would have no row left."""
    left = dict(rows_of_split)
    for (split, _), items in excluded.items():
        left[split] = left.get(split, 0) - (items[0].image is not None)  # a line that is no row was not counted
    return sorted({split for split, _ in excluded if left[split] <= 0})


class Verdict:
    """Whether the dataset passes.

    Attributes:
        accepted: rows by code that is accepted.
        errors: how many errors are not accepted.
    """

    def __init__(self, log: FaultLog, accepted: dict[str, int], excluded: dict[Place, list[Fault]], rows: int):
        self.accepted, self._excluded = accepted, excluded
        self.errors = log.tally.number("error") - sum(log.tally.counts[code] for code in accepted)
        self.over = list(log.over(accepted, rows))
        self.folder = log.folder

    @property
    def excluded_rows(self) -> dict[str, int]:
        """How many rows of each split are left out."""
        splits = [] if self.errors else [split for split, _ in self._excluded]
        return {split: splits.count(split) for split in ("train", "val")}

    def write(self) -> None:
        """Mark accepted faults in `faults.jsonl`, and name the rows that are left out; none if the dataset fails."""
        if self.accepted:
            self._mark()
        if self._excluded and not self.errors:
            write_jsonl(self.folder / EXCLUDED, [_excluded(items) for _, items in sorted(self._excluded.items())])
        else:
            (self.folder / EXCLUDED).unlink(missing_ok=True)

    def _mark(self) -> None:
        path = self.folder / FAULTS
        with (
            replacing(path) as temporary,
            path.open(encoding="utf-8") as old,
            temporary.open("w", encoding="utf-8", newline="\n") as new,
        ):
            for line in old:
                record = json.loads(line)
                new.write(_line(record | {"accepted": True}) if record["code"] in self.accepted else line)


def _excluded(items: list[Fault]) -> dict[str, Any]:
    first = items[0]
    place = {"split": first.split, "file": first.file, "line": first.line, "image": first.image}
    return place | {"codes": [item.code for item in items]}


def _line(record: dict[str, Any]) -> str:
    text = json.dumps(record, ensure_ascii=False).translate(_LINE_ENDS)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def refuse_policies(allow: Mapping[str, float]) -> None:
    """Raise UsageError for a policy on a code that does not exist, or that no single row has."""
    for code in allow:
        if code not in KINDS:
            message = f"CheckDataset.allow: no fault code {code!r}{nearest(code, KINDS)}"
            raise UsageError(message, fix="docs/faults.md lists all codes")
        if not KINDS[code].of_row:
            why = "is a warning, which stops nothing" if KINDS[code].severity == "warning" else "is not of single rows"
            fix = f"-o CheckDataset.allow={{}}, or mend it: {KINDS[code].fix}"
            raise UsageError(f"CheckDataset.allow: {code} {why}", fix=fix)


def read_excluded(output: Path) -> set[Place]:
    """Split and line of each row that the check in this output folder left out.

    Raises:
        UsageError: the file that names them is damaged.
    """
    path = output / "check_dataset" / EXCLUDED
    try:
        with path.open(encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        return {(str(record["split"]), int(record["line"])) for record in records}
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, LookupError, TypeError) as error:
        fix = "ocrflow check-dataset -c CONFIG writes it anew"
        raise UsageError(f"{path}: not a list of excluded rows: {error}", fix=fix) from error
