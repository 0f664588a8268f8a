"""What the training of a recogniser costs on this machine's cores: samples a second, where the time goes, memory.

    python benchmarks/training.py                                     PP-OCRv6_tiny_rec and PP-OCRv4_mobile_rec
    python benchmarks/training.py --model PP-OCRv6_tiny_rec --guide   with the attention branch
    python benchmarks/training.py --paddleocr DIR [--python PYTHON]   beside PaddleOCR's tools/train.py, from a checkout
    python benchmarks/training.py --time-to 0.9 [--paddleocr DIR]     seconds until 90 % of the demo's plates are read

Both train on the same synthetic plates, about 160 x 52 pixels, with the same number of images a step. PaddleOCR gets
its recipe: 48 x 320, with the attention branch; ocrflow its defaults, and then PaddleOCR's width and branch as well.
`--time-to` starts both from the same weights: the starting checkpoint that comes with ocrflow, with the classes of the
demo's dictionary. Figures are worth nothing on a machine that does other work; the load average is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import Cost, run
from paddleocr_train import PaddleOCR
from time_to import print_time_to

from ocrflow.data.synth import synthesize

MODELS = ("PP-OCRv6_tiny_rec", "PP-OCRv4_mobile_rec")
STEPS = {"PP-OCRv6_tiny_rec": 20, "PP-OCRv4_mobile_rec": 5}
BATCH = 16  # images a step over all processes
PARTS = ("data", "forward", "backward", "optimizer", "reduce")


def main() -> None:
    """Print the figures."""
    arguments = _arguments()
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        theirs = PaddleOCR(arguments.paddleocr.absolute(), arguments.python, folder) if arguments.paddleocr else None
        if arguments.time_to:
            print_time_to(arguments.time_to, folder, theirs, arguments.limit)
            return
        synthesize(folder / "plates", style="plates", num_samples=600, seed=5, val_percent=5)
        for model in arguments.model or MODELS:
            _print_model(model, arguments, folder, theirs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", help="PaddleX's name; may be given several times")
    parser.add_argument("--guide", action="store_true", help="only with the attention branch")
    parser.add_argument("--batch", type=int, default=BATCH, help=f"images a step over all processes, {BATCH}")
    parser.add_argument("--steps", type=int, help="steps that are timed, 20 of tiny models, 5 of others")
    parser.add_argument("--paddleocr", type=Path, help="checkout of PaddleOCR")
    parser.add_argument("--python", default=sys.executable, help="a Python that has PaddleOCR's requirements")
    parser.add_argument("--time-to", type=float, help="accuracy to reach on the demo's plates")
    parser.add_argument("--limit", type=float, default=60, help="minutes after which --time-to gives up, 60")
    return parser.parse_args()


def _print_model(model: str, arguments: argparse.Namespace, folder: Path, theirs: PaddleOCR | None) -> None:
    steps = arguments.steps or STEPS.get(model, 5)
    cores = len(os.sched_getaffinity(0))
    print(f"\n{model}, {arguments.batch} images a step; milliseconds of a step")
    print(f"{'':40} samples/s {' '.join(f'{part:>9}' for part in PARTS)}      memory")
    variants: list[dict[str, Any]] = [{"guide": True}] if arguments.guide else [{}, {"base_width": 320, "guide": True}]
    rates = []
    for train in variants:
        for processes in (cores, 1):
            job = _job(model, arguments.batch, folder, processes, cores // processes, steps, train)
            figures, cost = _timed(job, folder)
            rates.append(figures["samples_per_s"])
            what = f"{processes} x {cores // processes} threads, 48 x {figures['base_width']}"
            _print_line(what + (", guided" if train.get("guide") else ""), figures, cost)
    if theirs:
        data = folder / "plates"
        best = max(theirs.samples_per_s(model, data, arguments.batch, steps, threads) for threads in (1, cores))
        print(f"{'PaddleOCR, 48 x 320, guided':40} {best:9.1f}")
        print(
            f"ocrflow's default is {rates[0] / best:.1f} times as fast, in PaddleOCR's settings {rates[-2] / best:.1f}"
        )


def _job(
    model: str, batch: int, folder: Path, processes: int, threads: int, steps: int, train: dict[str, Any]
) -> dict[str, Any]:
    sections = {
        "Global": {
            "model": model,
            "dataset_dir": str(folder / "plates"),
            "output": str(folder / "output"),
            "device": "cpu",
        },
        "Train": {"batch_size": max(1, batch // processes), "augment": 0.4, **train},
    }
    result = str(folder / "figures.json")
    return {"config": sections, "processes": processes, "threads": threads, "steps": steps, "result": result}


def _timed(job: dict[str, Any], folder: Path) -> tuple[dict[str, float], Cost]:
    file = folder / "job.json"
    file.write_text(json.dumps(job))
    script = Path(__file__).with_name("timed_steps.py")
    cost = run([sys.executable, str(script), str(file)], os.environ, folder / "steps.log")
    return json.loads(Path(job["result"]).read_text()), cost


def _print_line(what: str, figures: dict[str, float], cost: Cost) -> None:
    parts = " ".join(f"{1000 * figures[part]:9.1f}" for part in PARTS)
    print(f"{what:40} {figures['samples_per_s']:9.1f} {parts} {cost.peak_bytes / 2**20:7.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
