"""Writes a synthetic data set in PaddleX's MSTextRecDataset or TextDetDataset layout.

The layout: `images/`, `train.txt` and `val.txt` with lines `images/000000.jpg<TAB>LABEL`; for recognition `dict.txt`.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.fonts import faces
from ocrflow.data.synth.samples import Sample, picture, plan
from ocrflow.data.synth.styles import Style, style_named
from ocrflow.errors import OutsideError, UsageError

_CHUNK = 32
_MAX_SAMPLES = 1_000_000


@dataclass(frozen=True)
class SynthResult:
    """What `synthesize` wrote: rows per list and the number of lines of dict.txt."""

    style: str
    train_rows: int
    val_rows: int
    seed: int
    num_characters: int


def _check(out_dir: Path, num_samples: int, seed: int, val_percent: int, workers: int) -> None:
    for name, value, low, high in (
        ("num_samples", num_samples, 2, _MAX_SAMPLES),
        ("seed", seed, 0, 2**32 - 1),
        ("val_percent", val_percent, 1, 99),
        ("workers", workers, 1, 1024),
    ):
        if not low <= value <= high:
            raise UsageError(f"{name}: expected {low} to {high}; got {value}", fix=f"give a {name} in that range")
    if out_dir.exists() and (not out_dir.is_dir() or any(out_dir.iterdir())):
        raise UsageError(
            f"{out_dir}: expected a new or empty directory; it exists and is not empty",
            fix=f"give another output directory, or remove this one: rm -r {out_dir}",
        )


def _val_indexes(style: Style, seed: int, num_samples: int, val_percent: int) -> set[int]:
    rows = min(num_samples - 1, max(1, (num_samples * val_percent + 50) // 100))
    # No sample has the index _MAX_SAMPLES: this stream is nobody else's.
    order = Dice(seed, style.number, _MAX_SAMPLES, num_samples).permutation(num_samples)
    return set(order[:rows])


def _write_chunk(root: str, style_name: str, seed: int, chunk: list[Sample]) -> list[str]:
    """Draw the pictures; returns their labels."""
    labels = []
    for sample in chunk:
        content, label = picture(style_name, seed, sample)
        Path(root, sample.image_name).write_bytes(content)
        labels.append(label)
    return labels


def _chunks(samples: Iterable[Sample]) -> Iterator[list[Sample]]:
    iterator = iter(samples)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def _draw_all(
    root: Path, style: Style, seed: int, samples: list[Sample], workers: int, progress: Callable[[int], None] | None
) -> list[str]:
    """Draw all pictures; returns their labels in order."""
    labels: list[str] = []
    with closing(_drawn(root, style, seed, samples, workers)) as drawn:
        for some in drawn:
            labels += some
            if progress is not None:
                progress(len(labels))
    return labels


def _drawn(
    root: Path, style: Style, seed: int, samples: list[Sample], workers: int
) -> Generator[list[str], None, None]:
    if workers == 1:
        for chunk in _chunks(samples):
            yield _write_chunk(str(root), style.name, seed, chunk)
        return
    # spawn: a fork of a process that already runs threads (Paddle, a logger) can hang.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        futures = [pool.submit(_write_chunk, str(root), style.name, seed, chunk) for chunk in _chunks(samples)]
        try:
            for future in futures:
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _write_lists(root: Path, style: Style, samples: list[Sample], labels: list[str], val: set[int]) -> None:
    lines: dict[str, list[str]] = {"train.txt": [], "val.txt": []}
    for sample, label in zip(samples, labels, strict=True):
        lines["val.txt" if sample.index in val else "train.txt"].append(f"{sample.image_name}\t{label}\n")
    for name, listed in lines.items():
        (root / name).write_bytes("".join(listed).encode("utf-8"))
    if style.characters:
        (root / "dict.txt").write_bytes("".join(f"{char}\n" for char in style.characters).encode("utf-8"))


def synthesize(
    out_dir: Path,
    *,
    style: str,
    num_samples: int,
    seed: int,
    val_percent: int = 15,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> SynthResult:
    """Write `num_samples` synthetic crops with their labels; the bytes depend on style, seed and counts only.

    Args:
        out_dir: a directory that does not exist or is empty; it appears complete, or not at all.
        style: 'plates' (licence plates, every text once), 'lines' (general text lines) or 'scenes' (text detection:
            streets with licence plates).
        seed: 0 to 2**32 - 1.
        val_percent: share of the rows in val.txt, in percent; the others are in train.txt.
        workers: processes; None means one per processor. More than one needs an importable main module (spawn).
        progress: called with the number of crops written so far.

    Raises:
        UsageError: an argument is out of range, or `out_dir` is not empty.
        OutsideError: a font package is missing, or the disk refuses.
    """
    chosen = style_named(style)
    out_dir = out_dir.absolute()
    workers = workers if workers is not None else os.cpu_count() or 1
    _check(out_dir, num_samples, seed, val_percent, workers)
    faces()
    partial = out_dir.with_name(f".{out_dir.name}.partial-{os.getpid()}")
    try:
        (partial / "images").mkdir(parents=True)
        samples = list(plan(chosen, seed, num_samples))
        val = _val_indexes(chosen, seed, num_samples, val_percent)
        labels = _draw_all(partial, chosen, seed, samples, min(workers, -(-num_samples // _CHUNK)), progress)
        _write_lists(partial, chosen, samples, labels, val)
        partial.replace(out_dir)
    except OSError as error:
        raise OutsideError(f"{out_dir}: cannot write the data set: {error}", fix="check the disk: df -h") from error
    except BrokenProcessPool as error:
        raise OutsideError(
            f"{out_dir}: a worker process died", fix="check the memory (free -h); use workers=1"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return SynthResult(style, num_samples - len(val), len(val), seed, len(chosen.characters))
