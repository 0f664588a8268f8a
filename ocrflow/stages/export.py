"""The stage export: the inference model of trained weights, and the proof that it answers as the weights do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.lists import Lists, lists_of
from ocrflow.errors import DataError, UsageError
from ocrflow.files import read_json, sha256_of
from ocrflow.models import TEXT_RECOGNITION
from ocrflow.provenance import made_of

PARITY_ROWS = 200  # validation rows on which trained and exported model are compared, spread evenly over the list


def run(config: RunConfig) -> dict[str, Any]:
    """Export `Export.weight_path` into `Export.save_dir` and compare both on real rows.

    Raises:
        UsageError: the weights are missing, or of another model or dictionary.
        DataError: the exported model reads a row differently.
    """
    from ocrflow.inference.export import export_recognizer
    from ocrflow.inference.model_dir import model_sha256

    if config.task != TEXT_RECOGNITION:
        raise UsageError(f"{config.Global.model}: export of {config.task} is not there yet", fix="choose a *_rec model")
    output = Path(config.Global.output)
    weights = Path(config.Export.weight_path or output / "best_accuracy" / "best_accuracy.pdparams")
    model_dir = Path(config.Export.save_dir or output / "export")
    base_width = trained_width(weights)
    lists = lists_of(config)
    net = trained_net(config, weights, lists)
    export_recognizer(net, model_dir, config.Global.model, lists.dictionary, base_width)
    parity = compare(net, model_dir, lists, base_width)
    print(f"exported {config.Global.model} to {model_dir}: same text as the trained weights on {parity['rows']} rows")
    return {
        "model_dir": str(model_dir),
        "model_name": config.Global.model,
        "files": {path.name: sha256_of(path) for path in sorted(model_dir.glob("inference.*"))},
        "model_sha256": model_sha256(model_dir),
        "parity": parity,
        "made_of": made_of(config, weights_sha256=sha256_of(weights), **lists.hashes),
    }


def trained_width(weights: Path) -> int:
    """The base width in pixels that the weights were trained with, from the `.info.json` beside them."""
    info = weights.with_suffix(".info.json")
    if not weights.is_file() or not info.is_file():
        missing = info if weights.is_file() else weights
        fix = "ocrflow train first, or -o Export.weight_path=OUT/best_accuracy/best_accuracy.pdparams"
        raise UsageError(f"{missing}: no such file", fix=fix)
    try:
        return int(read_json(info)["facts"]["base_width"])
    except (KeyError, TypeError, ValueError) as error:
        message = f"{info}: expected facts.base_width, the input width of the training ({error!r})"
        raise UsageError(message, fix="export weights that ocrflow trained") from error


def trained_net(config: RunConfig, weights: Path, lists: Lists) -> Any:
    """The network with all of its tensors from `weights`, in eval mode."""
    from ocrflow import nets
    from ocrflow.inference.ctc_decode import CtcCodec
    from ocrflow.nets.load import load_into
    from ocrflow.nets.weights import read_weights

    net = nets.build(config.Global.model, CtcCodec(lists.dictionary).num_classes)
    loaded = read_weights(str(weights))
    if loaded.dictionary is not None and loaded.dictionary != lists.dictionary:
        fix = "export with the dataset it was trained on"
        raise UsageError(f"{weights} was trained with another dictionary than {lists.dict_file}", fix=fix)
    report = load_into(net, loaded, lists.dictionary)
    if report.reinitialised:
        message = f"{weights}: {len(report.reinitialised)} tensors do not fit, e.g. {report.reinitialised[0]}"
        raise UsageError(message, fix="give the weights and the dict.txt of Global.model")
    net.eval()
    return net


def compare(net: Any, model_dir: Path, lists: Lists, base_width: int) -> dict[str, Any]:
    """Texts and scores of the trained and the exported model on the same validation rows.

    Raises:
        DataError: a text differs; names the row and both texts.
    """
    import paddle

    from ocrflow.data.images import read_bgr
    from ocrflow.inference.ctc_decode import CtcCodec
    from ocrflow.inference.preprocess import resize_normalize
    from ocrflow.inference.recognizer import Recognizer

    rows = lists.val[:: max(1, len(lists.val) // PARITY_ROWS)][:PARITY_ROWS]
    codec = CtcCodec(lists.dictionary)
    recognizer = Recognizer(model_dir)
    difference = 0.0
    for row in rows:
        image_HWC = read_bgr(lists.root / row.image)
        with paddle.no_grad():
            trained = codec.decode(net(paddle.to_tensor(resize_normalize(image_HWC, base_width)[None])).numpy())[0]
        exported = recognizer.predict([image_HWC])[0]
        if exported.text != trained.text:
            message = f"{row.image}: the trained model reads {trained.text!r}, the exported one {exported.text!r}"
            raise DataError(message, fix="report this: the export changed the model")
        difference = max(difference, abs(exported.score - trained.score))
    return {"rows": len(rows), "text_mismatches": 0, "max_score_difference": difference}
