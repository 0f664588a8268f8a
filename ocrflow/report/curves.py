"""The course of a training as one picture."""

from __future__ import annotations

import json
from pathlib import Path

from ocrflow.files import replacing

PANELS = (
    ("loss", "mean of a row", ("loss",)),
    ("validation rows", "share", ("acc", "norm_edit_dis", "hmean", "precision", "recall")),
    ("learning rate", "rate", ("learning_rate",)),
)


def draw(metrics_file: Path, picture: Path) -> None:
    """Plot loss, validation scores and learning rate over the epochs of a `train/metrics.jsonl` into a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    epochs = [json.loads(line) for line in metrics_file.read_text(encoding="utf-8").splitlines()]
    figure, axes = pyplot.subplots(1, len(PANELS), figsize=(13, 3.6), layout="constrained")
    for axis, (title, unit, keys) in zip(axes, PANELS, strict=True):
        for key in keys:
            points = [(record["epoch"], record[key]) for record in epochs if record.get(key) is not None]
            axis.plot(*zip(*points, strict=True), marker="o", markersize=4, label=key) if points else None
        axis.set(title=title, xlabel="epoch", ylabel=unit)
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.grid(alpha=0.3)
        if len(keys) > 1:
            axis.set_ylim(0, 1.02)
            axis.legend(loc="lower right")
    with replacing(picture) as temporary:
        figure.savefig(temporary, format="png", dpi=110)
    pyplot.close(figure)
