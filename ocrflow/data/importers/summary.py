"""What `ocrflow data import` tells at its end."""

from __future__ import annotations

import shlex

from ocrflow.data.importers.writer import SKIPPED_FILE, Report

_MODELS = {True: "PP-OCRv6_tiny_rec", False: "PP-OCRv6_tiny_det"}
_ASIDES = {
    "blank": "without text: not cropped",
    "tiny": "narrower or lower than 4 pixels: not cropped",
    "turned": "turned upright as their EXIF orientation says",
    "copies": "copies of pictures, with the same labels: left out",
}


def problems_text(report: Report) -> str:
    """The first problems, a line each, and how many there are."""
    lines = [f"  {item.origin}: {item.message}" for item in report.problems]
    total = report.counts["problems"]
    if total > len(lines):
        lines.append(f"  ... and {total - len(lines)} more")
    return "\n".join([f"{_number(total, 'problem')}:", *lines])


def summary(report: Report, destination: str) -> str:
    """What was written, what was left out, and the next command."""
    counts = report.counts
    cropped = report.recognition and counts["boxes"]
    what = [_number(counts["pictures"], "picture")] if cropped or not report.recognition else []
    if counts["boxes"] or not report.recognition:
        what.append(f"{_number(counts['boxes'], 'box', 'boxes')}, {counts['ignored']} of them ignored")
    what.append(f"{_number(counts['train'] + counts['val'], 'sample')}: {counts['train']} train + {counts['val']} val")
    if report.recognition:
        what.append(f"{_number(len(report.characters), 'character')} in dict.txt")
    lines = [f"{destination}: {'; '.join(what)}"]
    lines += [f"  {counts[key]} {text}" for key, text in _ASIDES.items() if counts[key]]
    lines += [f"  {count} left out: {message} (first: {at})" for message, (count, at) in report.notices.items()]
    if counts["problems"]:
        lines.append(f"  {counts['problems']} faulty left out: {destination}/{SKIPPED_FILE}")
    return "\n".join([*lines, *_next(report, destination)])


def _number(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"


def _next(report: Report, destination: str) -> list[str]:
    command = f"ocrflow check-dataset -c {_MODELS[bool(report.recognition)]}"
    command += f" -o {shlex.quote(f'Global.dataset_dir={destination}')}"
    empty = [split for split in ("train", "val") if not report.counts[split]]
    lines = [f"next: {command}"]
    if empty:
        lines.insert(0, f"  {empty[0]}.txt has no row: try another --seed or --val-percent, or divide it later (split)")
    return lines
