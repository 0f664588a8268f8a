"""How long a training takes until it reads a given share of the demo's validation plates, from the same weights."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml
from paddleocr_train import PaddleOCR

MODEL = "PP-OCRv6_tiny_rec"
DEMO = Path("data/text_recognition")
EPOCHS = 6
_WRITE_START = """
import sys
from pathlib import Path
import paddle
from ocrflow import nets
from ocrflow.data.dictionary import read_dictionary
from ocrflow.nets.load import load_into
from ocrflow.nets.weights import read_weights

model, source, dictionary, target = sys.argv[1:]
characters = read_dictionary(Path(dictionary))
net = nets.build(model, len(characters) + 2, training_branches=False)
load_into(net, read_weights(source), characters)
paddle.save(net.state_dict(), target)
"""


def print_time_to(accuracy: float, folder: Path, theirs: PaddleOCR | None, limit_min: float) -> None:
    """Print the seconds of both, from the start of the command to the end of the first good evaluation."""
    if not DEMO.is_dir():
        raise SystemExit(f"{DEMO} is not there; ocrflow data bring makes it")
    ours_s, seen = _ours(accuracy, folder, limit_min * 60)
    print(f"ocrflow:   {_in_words(ours_s)} to accuracy {accuracy}; seconds and accuracy: {seen}", flush=True)
    if not theirs:
        return
    start = folder / "start"
    _write_start(start)
    rows = len((DEMO / "train.txt").read_text("utf-8").splitlines())
    theirs_s, seen = theirs.seconds_to(
        accuracy,
        MODEL,
        DEMO.absolute(),
        16,
        limit_min * 60,
        threads=len(os.sched_getaffinity(0)),
        epochs=EPOCHS,
        pretrained_model=str(start),
        eval_batch_step=[0, max(1, rows // 16)],
    )
    print(f"PaddleOCR: {_in_words(theirs_s)} to accuracy {accuracy}; seconds and accuracy: {seen}")
    if ours_s:
        print(f"ratio: {'at least ' if not theirs_s else ''}{(theirs_s or limit_min * 60) / ours_s:.1f}")


def _in_words(seconds: float | None) -> str:
    return f"{seconds:.0f} s" if seconds else "did not come"


def _ours(accuracy: float, folder: Path, limit_s: float) -> tuple[float | None, list[tuple[int, float]]]:
    """The demo's own configuration, as `make run` trains it."""
    output = folder / "ours"
    command = [sys.executable, "-m", "ocrflow", "train", "-c", "params.yaml", "--task", "text_recognition"]
    command += ["-o", f"Global.output={output}", "Global.device=cpu"]
    environment = os.environ | {"MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"}
    start, seen = time.monotonic(), []
    with (folder / "ours.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            while time.monotonic() - start < limit_s:
                ended = process.poll() is not None
                for row in _epochs(output)[len(seen) :]:
                    seen.append((round(time.monotonic() - start), row["acc"]))
                    if row["acc"] >= accuracy:
                        return time.monotonic() - start, seen
                if ended:
                    break
                time.sleep(0.2)
        finally:
            process.terminate()
            process.wait()
    return None, seen


def _epochs(output: Path) -> list[dict[str, Any]]:
    file = output / "train" / "metrics.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()] if file.is_file() else []
    return [row for row in rows if "acc" in row]


def _write_start(path: Path) -> None:
    """The weights that the demo starts from, as a .pdparams file with the classes of its dictionary."""
    settings = yaml.safe_load(Path("params.yaml").read_text())["text_recognition"]["Train"]
    arguments = [MODEL, settings["pretrain_weight_path"], str(DEMO / "dict.txt"), f"{path}.pdparams"]
    subprocess.run([sys.executable, "-c", _WRITE_START, *arguments], check=True, capture_output=True)
