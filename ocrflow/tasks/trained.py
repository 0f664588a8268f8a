"""Trained weights of either task: what is written beside them, and the network with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.data.lists import Lists
from ocrflow.errors import UsageError
from ocrflow.files import read_json


def trained_facts(weights: Path, *needed: str) -> dict[str, Any]:
    """The facts of the training from the `.info.json` beside the weights; all of `needed` are whole numbers in it.

    Raises:
        UsageError: the weights or that file are not there, or a fact is missing.
    """
    info = weights.with_suffix(".info.json")
    if not weights.is_file() or not info.is_file():
        missing = info if weights.is_file() else weights
        fix = "ocrflow train first, or -o Export.weight_path=OUT/best_accuracy/best_accuracy.pdparams"
        raise UsageError(f"{missing}: no such file", fix=fix)
    try:
        facts = dict(read_json(info)["facts"])
        return facts | {name: int(facts[name]) for name in needed}
    except (KeyError, TypeError, ValueError) as error:
        message = f"{info}: expected {', '.join(f'facts.{name}' for name in needed)} of the training ({error!r})"
        raise UsageError(message, fix="export weights that ocrflow trained") from error


def trained_net(model: str, weights: Path, lists: Lists, num_classes: int | None = None) -> Any:
    """The network `model` with all of its tensors from `weights`, in eval mode.

    Args:
        num_classes: of a recogniser.

    Raises:
        UsageError: a tensor does not fit, or the weights are of another dictionary than the dataset's.
    """
    from ocrflow import nets
    from ocrflow.nets.load import load_into
    from ocrflow.nets.weights import read_weights

    net = nets.build(model, num_classes, training_branches=False)
    loaded = read_weights(str(weights))
    if loaded.dictionary is not None and num_classes is not None and loaded.dictionary != lists.dictionary:
        fix = "export with the dataset it was trained on"
        raise UsageError(f"{weights} was trained with another dictionary than {lists.dict_file}", fix=fix)
    report = load_into(net, loaded, lists.dictionary)
    if report.reinitialised:
        message = f"{weights}: {len(report.reinitialised)} tensors do not fit, e.g. {report.reinitialised[0]}"
        raise UsageError(message, fix="give the weights and the dict.txt of Global.model")
    net.eval()
    return net
