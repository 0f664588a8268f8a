"""Images a second of exported models: PaddleX's engines beside ocrflow's, on the same models, images and cores.

    python benchmarks/predict.py [--rec MODEL_DIR] [--det MODEL_DIR] [--crops 1000] [--scenes 30] [--rounds 2]

Everything runs in this process, from image files to texts or boxes; models are loaded and have run before. PaddleX is
given each batch size, and the best counts. The best of all rounds counts; the rounds go over all engines in turn, so
that a load that comes and goes meets all. CPU: images a second of processor time, which other programs change less.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")

DATA = Path("../shared/data")
BATCHES = {"rec": (1, 6, 8, 16, 32), "det": (1,)}  # PaddleX cannot stack images of several sizes for a detector
ENGINES = ("paddle", "onnxruntime", "openvino")
TRIED = 100  # images with which PaddleX's best batch size is found
Answers = list[Any]


@dataclass
class Way:
    """A way to answer images, and the best of its rounds."""

    name: str
    answer: Callable[[Sequence[Path]], Answers]
    rate: float = 0.0
    cpu_rate: float = 0.0
    answers: Answers | None = None

    def round(self, paths: Sequence[Path]) -> float:
        wall, cpu = time.perf_counter(), time.process_time()
        self.answers = self.answer(paths)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        self.rate, self.cpu_rate = max(self.rate, len(paths) / wall), max(self.cpu_rate, len(paths) / cpu)
        return len(paths) / cpu


def main() -> None:
    """Print the rates, the ratios, and whether the answers are those of PaddleX."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rec", type=Path, default=Path("output/text_recognition/export"))
    parser.add_argument("--det", type=Path, default=Path("output/text_detection/export"))
    parser.add_argument("--rec-data", type=Path, default=DATA / "receipts_sroie_rec")
    parser.add_argument("--det-data", type=Path, default=DATA / "receipts_sroie_det")
    parser.add_argument("--crops", type=int, default=1000)
    parser.add_argument("--scenes", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    jobs = (("rec", args.rec, args.rec_data, args.crops), ("det", args.det, args.det_data, args.scenes))
    for kind, model_dir, data, most in jobs:
        if (model_dir / "inference.yml").is_file() and data.is_dir():
            rows = (data / "val.txt").read_text("utf-8").splitlines()[:most]
            compare(kind, model_dir, [data / row.split("\t")[0] for row in rows], args.rounds)
        else:
            print(f"{kind}: no {model_dir}/inference.yml or no {data}: left out")


def compare(kind: str, model_dir: Path, paths: Sequence[Path], rounds: int) -> None:
    """Print the figures of one model."""
    ways = [*paddlex_ways(kind, model_dir, paths), *our_ways(kind, model_dir)]
    for way in ways:
        way.answer(paths[:8])
    for _ in range(rounds):
        for way in ways:
            way.round(paths)
    print(f"\n{kind}: {model_dir}, {len(paths)} images of {paths[0].parent}")
    for way in ways:
        print(f"  {way.name:32} {way.rate:8.1f} images/s {way.cpu_rate:8.1f} images/s CPU")
    expected = Way("", paddlex(kind, model_dir, "paddle", 1)).answer(paths)
    best = max((way for way in ways if way.name.startswith("ocrflow")), key=lambda way: way.cpu_rate)
    for way in ways:
        if way.name.startswith("ocrflow"):
            other = sum(a != b for a, b in zip(way.answers or [], expected, strict=True))
            print(f"  {way.name}: {other} of {len(paths)} answers other than PaddleX's at batch size 1")
        else:
            print(f"  {best.name} / {way.name}: {best.rate / way.rate:.2f}, CPU {best.cpu_rate / way.cpu_rate:.2f}")


def paddlex_ways(kind: str, model_dir: Path, paths: Sequence[Path]) -> list[Way]:
    """Each of PaddleX's engines at the batch size that is best for it."""
    ways = []
    for engine in ("paddle", "onnxruntime"):
        tried = [
            Way(f"PaddleX {engine} batch {size}", paddlex(kind, model_dir, engine, size)) for size in BATCHES[kind]
        ]
        for way in tried:
            way.answer(paths[:4])
            way.round(paths[:TRIED] if kind == "rec" else paths[:4])
        best = max(tried, key=lambda way: way.cpu_rate)
        ways.append(Way(best.name, best.answer))
    return ways


def paddlex(kind: str, model_dir: Path, engine: str, size: int) -> Callable[[Sequence[Path]], Answers]:
    """How PaddleX answers: texts, or the sorted corners of the boxes."""
    import paddlex as library
    import yaml

    name = yaml.safe_load((model_dir / "inference.yml").read_text("utf-8"))["Global"]["model_name"]
    chosen = {} if engine == "paddle" else {"engine": engine}
    model = library.create_model(name, str(model_dir), device="cpu", **chosen)

    def answer(paths: Sequence[Path]) -> Answers:
        results = model.predict([str(path) for path in paths], batch_size=size)
        return [result["rec_text"] if kind == "rec" else sorted(result["dt_polys"].tolist()) for result in results]

    return answer


def our_ways(kind: str, model_dir: Path) -> list[Way]:
    """Each of ocrflow's engines."""
    from ocrflow.inference.detector import Detector
    from ocrflow.inference.recognizer import Recognizer

    def way(engine: str) -> Way:
        model: Any = (Recognizer if kind == "rec" else Detector)(model_dir, engine=engine)
        plain = _text if kind == "rec" else _corners
        return Way(f"ocrflow {engine}", lambda paths: [plain(found) for found in model.predict_files(paths)])

    return [way(engine) for engine in ENGINES]


def _text(reading: Any) -> str:
    return reading.text


def _corners(boxes: Any) -> list[Any]:
    return sorted([list(point) for point in box.points] for box in boxes)


if __name__ == "__main__":
    main()
