"""The stage export: the inference model of trained weights, and the proof that it answers as the weights do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.lists import lists_of
from ocrflow.files import sha256_of
from ocrflow.provenance import made_of
from ocrflow.tasks.tools import tools_of


def run(config: RunConfig) -> dict[str, Any]:
    """Export `Export.weight_path` into `Export.save_dir` and compare both on real rows.

    Raises:
        UsageError: the weights are missing, or of another model or dictionary.
        DataError: the exported model answers a row differently.
    """
    from ocrflow.inference.model_dir import model_sha256

    output = Path(config.Global.output)
    weights = Path(config.Export.weight_path or output / "best_accuracy" / "best_accuracy.pdparams")
    model_dir = Path(config.Export.save_dir or output / "export")
    lists = lists_of(config)
    parity = tools_of(config.task).export(config, weights, lists, model_dir)
    same = f"same answers as the trained weights on {parity['rows']} rows"
    onnx = f", inference.onnx (ONNX Runtime) on {parity['onnx']['rows']}" if "onnx" in parity else ""
    print(f"exported {config.Global.model} to {model_dir}: {same}{onnx}")
    return {
        "model_dir": str(model_dir),
        "model_name": config.Global.model,
        "files": {path.name: sha256_of(path) for path in sorted(model_dir.glob("inference.*"))},
        "model_sha256": model_sha256(model_dir),
        "parity": parity,
        "made_of": made_of(config, weights_sha256=sha256_of(weights), **lists.hashes),
    }
