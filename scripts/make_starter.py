"""Train the general starting checkpoints anew: `make starter`, or one with `TASK=text_detection`. See docs/starter.md.

Generates pictures of texts (never licence plates), trains from random weights, and writes the weights of the best epoch
as float16 into ocrflow/nets/starters/, a recogniser's with its dictionary.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrflow import nets, provenance
from ocrflow.config_file import load_config
from ocrflow.data.dictionary import read_dictionary
from ocrflow.data.labels import read_rows, rows_text
from ocrflow.data.sizes import image_sizes
from ocrflow.data.synth.command import synth
from ocrflow.files import replacing, write_text
from ocrflow.inference.preprocess import input_width
from ocrflow.models import TEXT_DETECTION, TEXT_RECOGNITION
from ocrflow.nets.weights import STARTERS, read_weights, save_safetensors
from ocrflow.stages.base import run_stage

MAX_WIDTH = 288  # pixels at 48 rows; wider lines cost more time than they teach


@dataclass(frozen=True)
class Starter:
    """What one starter is trained on: `number` pictures of a style; see `ocrflow data synth`."""

    name: str
    config: str
    style: str
    number: int
    val_percent: int
    seed: int = 1


STARTER_OF_TASK = {
    TEXT_RECOGNITION: Starter("PP-OCRv6_tiny_rec_latin", "configs/starter_rec.yaml", "lines", 90_000, 1),
    TEXT_DETECTION: Starter("PP-OCRv6_tiny_det_texts", "configs/starter_det.yaml", "texts", 1_600, 3),
}


def main() -> None:
    """Make the starters of the tasks that are named on the command line, else both."""
    for task in sys.argv[1:] or STARTER_OF_TASK:
        make(task, STARTER_OF_TASK[task])


def make(task: str, starter: Starter) -> None:
    """Generate, train, publish."""
    config = load_config(starter.config)
    data = Path(config.Global.dataset_dir)
    if not data.exists():
        synth(str(data), task, starter.style, starter.number, starter.seed, starter.val_percent)
        for name in ("train.txt", "val.txt") if task == TEXT_RECOGNITION else ():
            drop_wide(data, data / name)
    best = run_stage("train", config)["best"]
    weights = Path(config.Global.output) / "best_accuracy" / "best_accuracy.pdparams"
    note = {"model": config.Global.model, "data": f"{starter.number} synthetic {starter.style}, seed {starter.seed}"}
    scores = {name: f"{best[name]:.4f}" for name in ("acc", "hmean") if name in best}
    dictionary = read_dictionary(data / "dict.txt") if task == TEXT_RECOGNITION else None
    publish(
        weights,
        dictionary,
        STARTERS / f"{starter.name}.safetensors",
        note | scores | {"git_commit": str(provenance.git_commit())},
    )


def drop_wide(root: Path, list_file: Path) -> None:
    """Keep the rows whose image is at most `MAX_WIDTH` wide at 48 rows."""
    rows = read_rows(list_file)
    sizes = image_sizes(root, [row.image for row in rows])
    kept = [row for row, size in zip(rows, sizes, strict=True) if input_width(*size, base_width=0)[1] <= MAX_WIDTH]
    write_text(list_file, rows_text(kept))


def publish(weights: Path, dictionary: list[str] | None, file: Path, note: dict[str, str]) -> None:
    """Write the weights that inference needs as float16 safetensors."""
    net = nets.build(note["model"], len(dictionary) + 2 if dictionary else None, training_branches=dictionary is None)
    wanted = net.state_dict()
    tensors = {
        name: array.astype(np.float16) for name, array in read_weights(str(weights)).tensors.items() if name in wanted
    }
    shapes = {name: list(array.shape) for name, array in tensors.items()}
    assert all(shapes[name] == list(wanted[name].shape) for name in shapes), "the weights are of another network"
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as temporary:
        save_safetensors(temporary, tensors, dictionary, note)
    print(f"{file}: {len(tensors)} of {len(wanted)} tensors, {file.stat().st_size / 1e6:.2f} MB, {note}")


if __name__ == "__main__":
    main()
