"""How long check_dataset takes, beside PaddleX's from the same environment, as whole processes.

    python benchmarks/check_dataset.py                  5,000 PNG crops and 500 JPEGs of 1280 x 720, about five minutes
    python benchmarks/check_dataset.py --rows 1000000   one million rows of 1,000 images: rows a second, memory
    python benchmarks/check_dataset.py --quick          a tenth of it, one round

ocrflow decodes every image of both sets. PaddleX opens 20 recognition images, and all detection images for their sizes.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from made_sets import make_crops, make_photos, make_rows
from measure import Cost, run

PADDLEX_CODE = "from paddlex.engine import Engine; Engine().run()"  # PaddleX's main.py


@dataclass(frozen=True)
class Bench:
    """Where the sets and the results of this benchmark lie."""

    folder: Path

    def paddlex(self, task: str, model: str, dataset: Path) -> Cost:
        """PaddleX's check of a dataset."""
        config = _package("paddlex") / f"configs/modules/{task}/{model}.yaml"
        return self._run("paddlex", [sys.executable, "-c", PADDLEX_CODE, "-c", str(config)], dataset)

    def ocrflow(self, model: str, dataset: Path, cache: str = "", output: str = "ocrflow") -> Cost:
        """Our check of a dataset: of one that was never seen, unless `cache` names the cache of an earlier run."""
        if not cache:
            shutil.rmtree(self.folder / "cache", ignore_errors=True)
            shutil.rmtree(self.folder / output, ignore_errors=True)
        command = [sys.executable, "-m", "ocrflow", "check-dataset", "-c", model]
        return self._run(output, command, dataset, cache or "cache")

    def _run(self, name: str, command: list[str], dataset: Path, cache: str = "cache") -> Cost:
        output = self.folder / name
        settings = {"mode": "check_dataset", "dataset_dir": dataset, "output": output}
        for key, value in settings.items():
            command += ["-o", f"Global.{key}={value}"]
        cost = run(command, self._environment(cache), self.folder / f"{name}.log")
        result = json.loads((output / "check_dataset_result.json").read_text())
        if not result["check_pass"]:
            raise SystemExit(f"{name}: the check of {dataset} did not pass: {result}")
        return cost

    def _environment(self, cache: str) -> dict[str, str]:
        """Both may write and read .pyc files; PaddleX gets a font and is kept from looking for one on the network."""
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        return environment | {
            "PADDLE_PDX_LOCAL_FONT_FILE_PATH": str(_package("matplotlib") / "mpl-data/fonts/ttf/DejaVuSans.ttf"),
            "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True",
            "PADDLE_PDX_CACHE_HOME": str(self.folder / "paddlex_cache"),
            "OCRFLOW_CACHE_DIR": str(self.folder / cache),
            "MPLCONFIGDIR": str(self.folder / "matplotlib"),
        }


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if not spec or not spec.origin:
        raise SystemExit(f"{name} is not installed")
    return Path(spec.origin).parent


def compare(bench: Bench, task: str, model: str, dataset: Path, rounds: int) -> None:
    """Print both times, the best of some alternating rounds, and those of checks of the unchanged dataset."""
    theirs, ours = [], []
    for number in range(rounds + 1):
        pair = bench.paddlex(task, model, dataset), bench.ocrflow(model, dataset)
        if number:  # the first round fills caches and writes .pyc files
            theirs.append(pair[0])
            ours.append(pair[1])
    again = [bench.ocrflow(model, dataset, "cache", f"output_{number}") for number in range(rounds)]
    same = [bench.ocrflow(model, dataset, "cache") for _ in range(rounds)]
    rows = {
        "PaddleX": _best(theirs),
        "ocrflow": _best(ours),
        "ocrflow again, another output": _best(again),
        "ocrflow again, same output": _best(same),
    }
    print(f"\n{task}, best of {rounds}; ratio: PaddleX's wall time to this one")
    for name, cost in rows.items():
        print(f"  {name:30} {cost}   ratio {rows['PaddleX'].wall_s / cost.wall_s:6.1f}")
    for name in list(rows)[2:]:
        print(f"  {name}: {rows['ocrflow'].wall_s / rows[name].wall_s:.1f} times as fast as the first check")


def _best(costs: list[Cost]) -> Cost:
    return min(costs, key=lambda cost: cost.wall_s)


def many_rows(bench: Bench, count: int) -> None:
    """Print rows a second and memory for a tenth of the rows and for all of them: linear time, bounded memory."""
    print("\nmany rows of 1,000 images")
    for rows in (count // 10, count):
        dataset = bench.folder / f"rows_{rows}"
        make_rows(dataset, rows)
        cost = bench.ocrflow("PP-OCRv5_mobile_rec", dataset)
        told = (bench.folder / "ocrflow/check_dataset/faults.jsonl").stat().st_size
        print(f"  {rows:9,} rows {cost} {rows / cost.wall_s:10,.0f} rows/s   faults.jsonl {told / 1e6:.0f} MB")


def main() -> None:
    """Make the sets in a temporary folder, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the images and rows, one round")
    parser.add_argument("--rows", type=int, metavar="N", help="measure N rows of 1,000 images instead")
    arguments = parser.parse_args()
    size, rounds = (10, 1) if arguments.quick else (1, 3)
    with tempfile.TemporaryDirectory(prefix="check_dataset_") as name:
        bench = Bench(Path(name))
        if arguments.rows:
            many_rows(bench, arguments.rows // size)
            return
        make_crops(bench.folder / "crops", 5000 // size)
        make_photos(bench.folder / "photos", 500 // size)
        print(f"{len(os.sched_getaffinity(0))} processors, load {os.getloadavg()[0]:.1f}", flush=True)
        compare(bench, "text_recognition", "PP-OCRv5_mobile_rec", bench.folder / "crops", rounds)
        compare(bench, "text_detection", "PP-OCRv5_mobile_det", bench.folder / "photos", rounds)


if __name__ == "__main__":
    main()
