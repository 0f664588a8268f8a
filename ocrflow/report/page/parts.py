"""The results of the stages as the page needs them: there, failed, damaged or not there yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ocrflow.files import read_json

NOT_RUN = "not run yet"
T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """The result of one stage.

    Attributes:
        stage: its name.
        state: "done", "failed", "damaged", or NOT_RUN.
        reason: why there is no result, for people; empty when there is one.
        value: the result; of a stage that failed what it knew by then.
    """

    stage: str
    state: str
    reason: str
    value: dict[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether the stage ended well."""
        return self.state == "done"

    @property
    def absent(self) -> bool:
        """Whether the stage has left nothing at all."""
        return self.state == NOT_RUN

    def get(self, key: str) -> dict[str, Any]:
        """The object that the result has under a key; empty for anything else."""
        value = self.value.get(key)
        return value if isinstance(value, dict) else {}


def read_part(output: Path, stage: str) -> Part:
    """The result of `stage` in an output folder; never raises."""
    path = output / f"{stage}_result.json"
    try:
        value = read_json(path)
    except FileNotFoundError:
        return Part(stage, NOT_RUN, f"{NOT_RUN}: ocrflow {stage.replace('_', '-')}")
    except (OSError, ValueError, RecursionError) as error:
        return Part(stage, "damaged", f"{path.name} cannot be read: {error}")
    if value.get("done_flag"):
        return Part(stage, "done", "", value)
    reason = str(value.get("err_msg", "it did not end")).partition("\n")[0]
    return Part(stage, "failed", f"the stage {stage} failed: {reason}", value)


def read_tables(path: Path) -> dict[str, Any]:
    """The JSON object in a file; empty when there is none to read."""
    try:
        return read_json(path)
    except (OSError, ValueError, RecursionError):
        return {}


def tolerant(chart: Callable[[Mapping[str, Any]], T], nothing: T) -> Callable[[Mapping[str, Any]], T]:
    """`chart`, which gives `nothing` for tables of another form, such as an older version's."""

    def drawn(tables: Mapping[str, Any]) -> T:
        try:
            return chart(tables)
        except (KeyError, TypeError, ValueError, AttributeError):
            return nothing

    return drawn


@dataclass
class Lines:
    """The objects of a file of JSON lines, one at a time.

    Attributes:
        path: the file.
        read, damaged: objects so far, and lines that hold none.
    """

    path: Path
    read: int = 0
    damaged: int = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """All objects, from the first; none when there is no such file."""
        self.read = self.damaged = 0
        if not self.path.is_file():
            return
        with self.path.open("rb") as file:
            for line in file:
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError):
                    value = None
                if isinstance(value, dict):
                    self.read += 1
                    yield value
                elif line.strip():
                    self.damaged += 1
