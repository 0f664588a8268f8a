"""Converts an exported model to ONNX: `python -m ocrflow.inference.onnx_convert GRAPH PARAMETERS OUT OPSET`."""

from __future__ import annotations

import sys
from pathlib import Path

from ocrflow.inference.onnx_file import NOT_INSTALLED


def main(graph: str, parameters: str, out: str, opset: str) -> int:
    """Write the file; a fault is the last line that is printed."""
    try:
        import onnx
        import paddle2onnx
    except ImportError as error:
        print(error)
        return NOT_INSTALLED

    from ocrflow.inference.onnx_graph import tidy

    model = onnx.load_model_from_string(paddle2onnx.export(graph, parameters, opset_version=int(opset)))
    tidy(model)
    onnx.checker.check_model(model, full_check=True)
    Path(out).write_bytes(model.SerializeToString(deterministic=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
