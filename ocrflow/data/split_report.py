"""What is in train and val: characters and label lengths, in numbers and in a few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Any

from ocrflow.data.boxes import parse_boxes
from ocrflow.data.labels import Row
from ocrflow.models import TEXT_RECOGNITION

_BIN, _LAST_BIN = 5, 100
_SHOWN = 40  # characters on the terminal
_FAR = 5.0  # percent of the rows


def labels_of(rows: Iterable[Row], task: str) -> list[Sequence[str]]:
    """The texts of each row: of recognition its label, of detection those of the boxes that are not ignored."""
    if task == TEXT_RECOGNITION:
        return [(row.text,) for row in rows]
    return [tuple(box.text for box in parse_boxes(row.text)[0] if not box.ignored) for row in rows]


def content_of(train: Iterable[Sequence[str]], val: Iterable[Sequence[str]]) -> tuple[dict[str, Any], list[str]]:
    """`characters` and `lengths` of the report, and the sorted characters that val alone has.

    Args:
        train, val: the texts of each row.
    """
    train_characters, train_lengths = _counted(train)
    val_characters, val_lengths = _counted(val)
    only_in_val = sorted(val_characters - train_characters)
    characters = {
        "train": len(train_characters),
        "val": len(val_characters),
        "only_in_train": len(train_characters - val_characters),
        "only_in_val": len(only_in_val),
    }
    lengths = {"train": _lengths(train_lengths), "val": _lengths(val_lengths)}
    return {"characters": characters, "lengths": lengths}, only_in_val


def _counted(labels: Iterable[Sequence[str]]) -> tuple[set[str], Counter[int]]:
    """The characters of all texts, and how many texts have each length."""
    characters: set[str] = set()
    lengths: Counter[int] = Counter()
    for texts in labels:
        characters.update(*texts)
        lengths.update(map(len, texts))
    return characters, lengths


def _lengths(counts: Counter[int]) -> dict[str, Any]:
    """Labels, their shortest, median and longest length in characters, and how many there are in bins of five."""
    values = sorted(counts)
    histogram = Counter[int]()
    for length, count in counts.items():
        histogram[min(-(-length // _BIN) * _BIN, _LAST_BIN + _BIN)] += count
    return {
        "labels": counts.total(),
        "min": values[0] if values else None,
        "median": _median(counts, values) if values else None,
        "max": values[-1] if values else None,
        "histogram": {_name(end): histogram[end] for end in sorted(histogram)},
    }


def _median(counts: Counter[int], values: Sequence[int]) -> float:
    """The middle length, or the mean of both middle ones."""
    middle = [(counts.total() - 1) // 2, counts.total() // 2]
    found, before = [], 0
    for value in values:
        found += [value for rank in middle if before <= rank < before + counts[value]]
        before += counts[value]
    return median(found)


def _name(end: int) -> str:
    """`6-10` for the bin that ends at 10."""
    if end > _LAST_BIN:
        return f"over {_LAST_BIN}"
    return f"{end - _BIN + 1}-{end}" if end else "0"


def told(result: dict[str, Any]) -> str:
    """The result of the stage in a few lines for the terminal."""
    report, rows = result["report"], f"{result['train_rows']} train + {result['val_rows']} val rows"
    place = " in place" if result["in_place"] else ""
    how = f"divided anew{place} with seed {result['seed']}" if result["enabled"] else "as the dataset has them"
    lines = [f"{rows}, {how}, split {result['split_sha256'][:12]}", *_groups(result, report)]
    if report["excluded_rows"]:
        lines.append(f"{report['excluded_rows']} rows are left out, as check_dataset/excluded.jsonl names them")
    characters = ", ".join(f"{report['characters'][split]} in {split}" for split in ("train", "val"))
    lengths = ", ".join(_span(report["lengths"][split], split) for split in ("train", "val"))
    lines.append(f"characters: {characters}; label lengths: {lengths}")
    alone = result["characters_only_in_val"]
    if alone:
        shown = " ".join(alone[:_SHOWN]) + (" ..." if len(alone) > _SHOWN else "")
        subject = "1 character occurs" if len(alone) == 1 else f"{len(alone)} characters occur"
        lines.append(f"warning: {subject} in val only, training never sees them: {shown}")
    return "\n".join(lines)


def _groups(result: dict[str, Any], report: dict[str, Any]) -> Iterator[str]:
    """What stayed together; a warning when that keeps the shares from being met."""
    if report["groups"] is None:
        return
    near, largest = report["near_duplicate_clusters"], report["largest_group"]
    alike = f"; {near} clusters of nearly equal images" if near else ""
    yield f"{report['groups']} groups that stay together, the largest of {largest} rows{alike}"
    if report["unmatched_pattern_rows"]:
        yield f"{report['unmatched_pattern_rows']} rows have a path that group_pattern does not match, and no source"
    share = 100 * result["train_rows"] / report["rows"]
    if abs(share - result["train_percent"]) > _FAR:
        wanted = f"{result['train_percent']} % were asked for: few or large groups meet a share badly"
        yield f"warning: train has {share:.0f} % of the rows, {wanted}; another seed may do better"


def _span(lengths: dict[str, Any], split: str) -> str:
    if not lengths["labels"]:
        return f"no label in {split}"
    return f"{lengths['min']} to {lengths['max']} in {split} (median {lengths['median']:g})"
