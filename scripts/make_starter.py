"""Train the general starting checkpoint anew: `make starter`. See docs/starter.md.

Generates lines of text (never licence plates), drops the widest, trains from random weights, and writes the weights of
the best epoch as float16 with their dictionary into ocrflow/nets/starters/.
"""

from __future__ import annotations

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
from ocrflow.nets.weights import STARTERS, read_weights, save_safetensors
from ocrflow.stages.base import run_stage

NAME = "PP-OCRv6_tiny_rec_latin"
NUM_LINES, SEED, VAL_PERCENT = 90_000, 1, 1
MAX_WIDTH = 288  # pixels at 48 rows; wider lines cost more time than they teach


def main() -> None:
    """Generate, train, publish."""
    config = load_config("configs/starter.yaml")
    lines = Path(config.Global.dataset_dir)
    if not lines.exists():
        synth(str(lines), "lines", NUM_LINES, SEED, VAL_PERCENT)
        for name in ("train.txt", "val.txt"):
            drop_wide(lines, lines / name)
    result = run_stage("train", config)
    weights = Path(config.Global.output) / "best_accuracy" / "best_accuracy.pdparams"
    note = {"model": config.Global.model, "data": f"{NUM_LINES} synthetic lines, seed {SEED}, width <= {MAX_WIDTH} px"}
    note |= {"acc": f"{result['best']['acc']:.4f}", "git_commit": str(provenance.git_commit())}
    publish(weights, read_dictionary(lines / "dict.txt"), STARTERS / f"{NAME}.safetensors", note)


def drop_wide(root: Path, list_file: Path) -> None:
    """Keep the rows whose image is at most `MAX_WIDTH` wide at 48 rows."""
    rows = read_rows(list_file)
    sizes = image_sizes(root, [row.image for row in rows])
    kept = [row for row, size in zip(rows, sizes, strict=True) if input_width(*size, base_width=0)[1] <= MAX_WIDTH]
    write_text(list_file, rows_text(kept))


def publish(weights: Path, dictionary: list[str], file: Path, note: dict[str, str]) -> None:
    """Write the weights as float16 safetensors."""
    tensors = {name: array.astype(np.float16) for name, array in read_weights(str(weights)).tensors.items()}
    net = nets.build(note["model"], len(dictionary) + 2, training_branches=False)
    assert {name: list(array.shape) for name, array in tensors.items()} == {
        name: list(tensor.shape) for name, tensor in net.state_dict().items()
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as temporary:
        save_safetensors(temporary, tensors, dictionary, note)
    print(f"{file}: {len(tensors)} tensors, {file.stat().st_size / 1e6:.2f} MB, {note}")


if __name__ == "__main__":
    main()
