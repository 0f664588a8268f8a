"""The tasks of a Label Studio export, each with the one annotation of it that counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrflow.data.importers.content import BadContent, brief
from ocrflow.data.importers.sample import Problem


@dataclass(frozen=True)
class Task:
    """One task.

    Attributes:
        origin: FILE#task ID.
        data: its data, where the picture's URL is.
        result: the results of the annotation that counts, of the JSON export; None without one.
        row: the whole object, of the JSON-MIN export; else None.
    """

    origin: str
    data: dict[str, Any]
    result: list[Any] | None = None
    row: dict[str, Any] | None = field(default=None)

    @property
    def has_regions(self) -> bool:
        """Whether something is drawn on the picture."""
        if self.row is not None:
            return any(has_place(item) for value in self.row.values() if isinstance(value, list) for item in value)
        return any(isinstance(item, dict) and has_place(item.get("value")) for item in self.result or ())


def has_place(value: object) -> bool:
    """Whether a result's value says where on the picture it is."""
    return isinstance(value, dict) and any(key in value for key in ("x", "points", "rle", "vertices"))


def tasks_of(content: Any, path: Path) -> Iterator[Task | Problem]:
    """The tasks of a file's content; of JSON-MIN, which has a row an annotation, the last updated row of each task.

    Raises:
        BadContent: it is neither a list of tasks nor a task.
    """
    if isinstance(content, dict):
        content = [_of_cloud_storage(content)]
    if not isinstance(content, list):
        raise BadContent(f"is no export of Label Studio: expected a list of tasks, got {brief(content)}")
    rows: dict[object, Task] = {}
    for index, item in enumerate(content):
        origin = f"{path}#task {_name_of(item, index)}"
        if not isinstance(item, dict):
            yield Problem(f"{path}#[{index}]", f"expected a task object, got {brief(item)}")
        elif "annotations" in item or "completions" in item:
            yield _full(item, origin)
        elif "annotator" in item or "annotation_id" in item:
            key = repr(item.get("id", index))
            if key not in rows or _when(item) >= _when(rows[key].row or {}):
                rows[key] = Task(origin, item, row=item)
        elif isinstance(item.get("data"), dict):
            yield Task(origin, item["data"])
        else:
            yield Problem(origin, 'is no task: neither "annotations" (JSON) nor "annotation_id" (JSON-MIN) in it')
    yield from rows.values()


def _name_of(item: object, index: int) -> str:
    number = item.get("id") if isinstance(item, dict) else None
    return brief(number) if isinstance(number, int | str) and not isinstance(number, bool) else f"[{index}]"


def _of_cloud_storage(content: dict[str, Any]) -> dict[str, Any]:
    """A task as exported, of the annotation with its task inside that a target storage gets."""
    task = content.get("task")
    if isinstance(task, dict) and "result" in content:
        return {"id": task.get("id"), "data": task.get("data"), "annotations": [content]}
    return content


def _full(item: dict[str, Any], origin: str) -> Task | Problem:
    annotations, data = item.get("annotations", item.get("completions")), item.get("data")
    if not isinstance(annotations, list) or not isinstance(data, dict):
        return Problem(origin, 'expected a list "annotations" and an object "data"')
    valid = [
        one for one in annotations if isinstance(one, dict) and not (one.get("was_cancelled") or one.get("skipped"))
    ]
    if not valid:
        return Task(origin, data)
    last = max(enumerate(valid), key=lambda pair: (pair[1].get("ground_truth") is True, _when(pair[1]), pair[0]))[1]
    result = last.get("result")
    if not isinstance(result, list):
        return Problem(origin, f'expected a list "result" in the annotation, got {brief(result)}')
    return Task(origin, data, result)


def _when(annotation: dict[str, Any]) -> str:
    """When it was updated last; the ISO dates of an export sort as texts."""
    found = annotation.get("updated_at") or annotation.get("created_at")
    return found if isinstance(found, str) else ""
