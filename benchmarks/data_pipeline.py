"""How many training images of text recognition a processor core makes: decode, join, augment, normalise, stack.

    python benchmarks/data_pipeline.py                                    1,000 synthetic plates
    python benchmarks/data_pipeline.py --data DIR                         a dataset of yours
    python benchmarks/data_pipeline.py --paddleocr DIR [--python PYTHON]  also PaddleOCR's, from a checkout

All is counted in seconds of one core, so other work on the machine matters little; the best of three rounds counts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocrflow.data.images import read_bgr
from ocrflow.data.labels import read_rows
from ocrflow.data.sizes import image_sizes
from ocrflow.data.synth import synthesize
from ocrflow.inference.ctc_decode import CtcCodec
from ocrflow.inference.preprocess import resize_rows
from ocrflow.tasks.text_recognition.augment import APPEARANCES, WARPS, augment
from ocrflow.tasks.text_recognition.batches import Sample, make_samples
from ocrflow.tasks.text_recognition.loader import Loader
from ocrflow.tasks.text_recognition.plan import join_some, plan_epoch
from ocrflow.tasks.text_recognition.recipe import Recipe
from ocrflow.tasks.text_recognition.warp import warp
from ocrflow.tasks.text_recognition.width import choose_base_width

BATCH, ROUNDS, OFFICIAL_WIDTH = 32, 3, 320
STRENGTH = 0.4  # the probability that PaddleOCR's RecAug gives each of its kinds
# PaddleOCR 3.7's MultiScaleDataSet with the recipe of PP-OCRv4_mobile_rec on 139 x 59 plates, on a quiet 2.6 GHz EPYC
# core; `--paddleocr` measures it on this machine.
MEASURED = 310


def main() -> None:
    """Print the figures."""
    arguments = _arguments()
    cv2.setNumThreads(0)
    with tempfile.TemporaryDirectory() as folder:
        data = arguments.data or Path(folder) / "plates"
        if not arguments.data:
            synthesize(data, style="plates", num_samples=1000, seed=5, val_percent=20)
        samples = _samples(data, OFFICIAL_WIDTH)
        ours = _rate(data, samples, STRENGTH)
        theirs, source = _of_paddleocr(arguments, data, len(samples))
        print(f"{len(samples)} images of {data.name}, images a second of one core")
        print(f"  PaddleOCR's recipe, 48 x 320       {theirs:6.0f}  ({source})")
        print(f"  the same class of recipe, 48 x 320 {ours:6.0f}  = {ours / theirs:.1f} times")
        own = _samples(data, "auto")
        print(f"  ... at this set's own base width   {_rate(data, own, STRENGTH):6.0f}")
        print(f"  ... without augmentation           {_rate(data, own, 0.0):6.0f}")
        _print_parts(data, samples)
        _print_workers(data, own)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with train.txt, dict.txt and images")
    parser.add_argument("--paddleocr", type=Path, help="checkout of PaddleOCR")
    parser.add_argument("--python", default=sys.executable, help="a Python that has PaddleOCR's requirements")
    return parser.parse_args()


def _samples(data: Path, base_width: int | str) -> list[Sample]:
    rows = list(read_rows(data / "train.txt"))
    sizes = image_sizes(data, [row.image for row in rows])
    width = choose_base_width(base_width, sizes, [row.text for row in rows])
    return make_samples(rows, sizes, CtcCodec((data / "dict.txt").read_text("utf-8").splitlines()), width)


def _plan(samples: Sequence[Sample], strength: float) -> list[list[Sample]]:
    rng = np.random.default_rng(1)
    return plan_epoch(join_some(samples, strength, rng), BATCH, 1, rng)


def _rate(data: Path, samples: Sequence[Sample], strength: float) -> float:
    """Images a core-second through all of the pipeline, as the training without workers runs it."""
    loader, plan = Loader(Recipe(data, strength, 1), workers=0), _plan(samples, strength)
    return len(samples) / min(_core_s(lambda: list(loader.batches(plan, 1))) for _ in range(ROUNDS))


def _core_s(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _of_paddleocr(arguments: argparse.Namespace, data: Path, count: int) -> tuple[float, str]:
    if not arguments.paddleocr:
        return MEASURED, "measured elsewhere"
    script = Path(__file__).with_name("paddleocr_data.py")
    command = [arguments.python, str(script), str(arguments.paddleocr.absolute()), str(data.absolute()), str(count)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if told.returncode:
        raise SystemExit(f"{' '.join(command)}\n{told.stderr[-3000:]}")
    return float(told.stdout.split()[-1]), "measured now"


def _print_parts(data: Path, samples: Sequence[Sample]) -> None:
    print("microseconds an image")
    pieces = [sample.pieces[0] for sample in samples]
    images = [read_bgr(data / name) for name, _ in pieces]
    crops = [resize_rows(image, width) for image, (_, width) in zip(images, pieces, strict=True)]
    rng = np.random.default_rng(1)
    parts: dict[str, Callable[[], Any]] = {
        "read and decode": lambda: [read_bgr(data / name) for name, _ in pieces],
        "resize": lambda: [resize_rows(image, width) for image, (_, width) in zip(images, pieces, strict=True)],
        f"augment, strength {STRENGTH}": lambda: [augment(crop, STRENGTH, rng) for crop in crops],
    }
    for share, bend in WARPS:
        parts[f"  {bend.__name__} ({share:.0%})"] = lambda bend=bend: [warp(crop, [bend], rng) for crop in crops]
    for share, change in APPEARANCES:
        parts[f"  {change.__name__} ({share:.0%})"] = lambda change=change: [change(crop, rng) for crop in crops]
    for name, work in parts.items():
        print(f"  {name:34} {1e6 * min(_core_s(work) for _ in range(ROUNDS)) / len(crops):6.0f}")


def _print_workers(data: Path, samples: Sequence[Sample]) -> None:
    print("images a second of wall time, and how many the training's own process makes a second of its core")
    plan = _plan(samples, STRENGTH)
    for workers in (0, 1, 2):
        loader = Loader(Recipe(data, STRENGTH, 1), workers)
        list(loader.batches(plan, 1))
        start, cpu_start = time.perf_counter(), time.process_time()
        list(loader.batches(plan, 2))
        wall_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu_start
        loader.close()
        print(f"  Train.num_workers={workers}              {len(samples) / wall_s:6.0f} {len(samples) / cpu_s:6.0f}")


if __name__ == "__main__":
    main()
