"""Changes of an ONNX graph."""

from __future__ import annotations

import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper, numpy_helper

from ocrflow.inference.onnx_graph import drop_unused, repeat_as_resize, tidy


def enlarging(repeats, ones=()):
    """Unsqueeze, Tile and Reshape as paddle2onnx writes them, for 1 x 2 x 3 x 4 and a factor of 2."""
    constants = {
        "axes": [3, 5],
        "ones": list(ones),
        "repeats": repeats,
        "four": [1, 2, 6, -1],
        "unused": [7],
    }
    nodes = [
        helper.make_node("Constant", [], [name], value=numpy_helper.from_array(np.array(values, np.int64), name))
        for name, values in constants.items()
    ]
    joined = helper.make_node("Concat", ["ones", "repeats"], ["all"], axis=0)
    nodes += [joined] if ones else []
    nodes += [
        helper.make_node("Unsqueeze", ["x", "axes"], ["apart"]),
        helper.make_node("Tile", ["apart", "all" if ones else "repeats"], ["tiled"]),
        helper.make_node("Reshape", ["tiled", "four"], ["y"]),
    ]
    ends = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["A", 2, 3, 4]),
        helper.make_tensor_value_info("y", TensorProto.FLOAT, ["B", 2, "C", "D"]),
    ]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)


def answer(model):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)})[0]


def test_repeating_is_a_resize():
    model = enlarging([1, 1, 1, 2, 1, 2])
    expected = answer(model)
    tidy(model)
    checker.check_model(model, full_check=True)
    assert [node.op_type for node in model.graph.node] == ["Resize"]
    assert expected.shape == (1, 2, 6, 8)
    assert np.array_equal(answer(model), expected)
    shape = model.graph.input[0].type.tensor_type.shape.dim
    assert [size.dim_param or size.dim_value for size in shape] == ["N", 2, 3, 4]


def test_other_repeats_stay():
    model = enlarging([1, 1, 1, 2, 1, 3])
    assert repeat_as_resize(model) == 0
    assert "Tile" in [node.op_type for node in model.graph.node]


def test_unused_constants_go():
    model = enlarging([1, 1, 1, 2, 1, 2])
    drop_unused(model.graph)
    assert "unused" not in [name for node in model.graph.node for name in node.output]
    assert answer(model).shape == (1, 2, 6, 8)
