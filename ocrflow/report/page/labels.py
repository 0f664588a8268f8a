"""What the labels are like: lengths and characters of texts, numbers, sizes and shapes of boxes, train beside val."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from ocrflow.config import RunConfig
from ocrflow.data.boxes import parse_boxes
from ocrflow.data.labels import Row, stream_rows
from ocrflow.data.root import LIST_OF_SPLIT, find_root
from ocrflow.models import TEXT_RECOGNITION
from ocrflow.report.histogram import bin_counts, length_bins
from ocrflow.report.page.bars import BarTable, counted
from ocrflow.report.page.texts import sign
from ocrflow.tasks.text_detection.counts import BOXES_PER_IMAGE, LENGTH_TO_HEIGHT, SHORT_SIDE_PX, BoxCounts

MOST_BARS = 16
FREQUENT, RARE = 12, 12


def image_root(dataset_dir: Path) -> Path:
    """The folder that image paths are relative to; the dataset itself when it cannot be told."""
    return find_root(dataset_dir)[0] or dataset_dir


def lists_of(config: RunConfig) -> dict[str, Path]:
    """The lists by split: those of the stage split, else the dataset's own; only those that are there."""
    folders = (Path(config.Global.output) / "split", image_root(Path(config.Global.dataset_dir)))
    for folder in folders:
        files = {split: folder / name for split, name in LIST_OF_SPLIT.items() if (folder / name).is_file()}
        if files:
            return files
    return {}


def label_charts(config: RunConfig) -> list[BarTable]:
    """The charts of a dataset's labels; none without lists. Reads the lists once and keeps counts."""
    lists = lists_of(config)
    if not lists:
        return []
    return _of_texts(lists) if config.task == TEXT_RECOGNITION else _of_boxes(lists)


def _rows(file: Path) -> Iterator[Row]:
    return (item for item in stream_rows(file) if isinstance(item, Row))


def _of_texts(lists: Mapping[str, Path]) -> list[BarTable]:
    lengths: dict[str, Counter[int]] = {}
    characters: dict[str, Counter[str]] = {}
    for split, file in lists.items():
        lengths[split], characters[split] = Counter(), Counter()
        for row in _rows(file):
            lengths[split][len(row.text)] += 1
            characters[split].update(row.text)
    bins = length_bins((length for counts in lengths.values() for length in counts), MOST_BARS)
    names = [str(first) if first == last else f"{first}-{last}" for first, last in bins]
    series = {split: bin_counts(counts, bins) for split, counts in lengths.items()}
    return [counted("Label length", "characters", names, series), *_of_characters(characters)]


def _of_characters(of_split: Mapping[str, Counter[str]]) -> Iterator[BarTable]:
    """The characters that occur most and least often in all lists."""
    total = sum(of_split.values(), Counter[str]())
    ordered = sorted(total, key=lambda char: (-total[char], char))
    rare = ordered[FREQUENT:][-RARE:]
    for title, chosen in (("The most frequent characters", ordered[:FREQUENT]), ("The rarest characters", rare)):
        if chosen:
            names = [sign(char) for char in chosen]
            series = {split: [counts[char] for char in chosen] for split, counts in of_split.items()}
            yield counted(f"{title} of {len(total):,}", "character", names, series)


def _of_boxes(lists: Mapping[str, Path]) -> list[BarTable]:
    counts = {split: BoxCounts() for split in lists}
    for split, file in lists.items():
        for row in _rows(file):
            counts[split].add(parse_boxes(row.text)[0], None)
    boxes = ", ".join(f"{item.boxes:,} in {split} ({item.ignored:,} ignored)" for split, item in counts.items())
    tables = (
        (f"Boxes an image: {boxes}", "boxes", BOXES_PER_IMAGE, {s: item.boxes_per_image for s, item in counts.items()}),
        ("Height of the boxes", "short side, px", SHORT_SIDE_PX, {s: item.short_side for s, item in counts.items()}),
        ("Shape of the boxes", "length / height", LENGTH_TO_HEIGHT, {s: item.shape for s, item in counts.items()}),
    )
    return [counted(title, of, bins.names, series) for title, of, bins, series in tables]
