"""Making the ONNX graph that paddle2onnx writes run well, without a change of what it computes.

Sources: ONNX operators Resize, Tile and Unsqueeze (onnx.ai/onnx/operators).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

_NEAREST = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}


def tidy(model: ModelProto) -> None:
    """All of this module's changes, in place."""
    repeat_as_resize(model)
    drop_unused(model.graph)
    name_sizes(model.graph)


def repeat_as_resize(model: ModelProto) -> int:
    """Write each enlargement by repeating pixels as one Resize; returns how many there were.

    It comes as Unsqueeze to N x C x H x 1 x W x 1, Tile and Reshape. Paddle's exporter needs that form, see
    `ocrflow.nets.fpn.upsample_nearest`; but ONNX Runtime runs a whole detector a quarter faster with Resize, and
    OpenVINO does not load the other form, in which the number of axes is unknown to it.
    """
    from onnx import helper, numpy_helper

    graph = model.graph
    made = {name: node for node in graph.node for name in node.output}
    resized = 0
    for node in graph.node:
        tile = _made_by("Tile", node.input[0], made) if node.op_type == "Reshape" else None
        source = _made_by("Unsqueeze", tile.input[0], made) if tile else None
        factor = _factor(tile, made) if tile and source else 0
        if not (source and factor):
            continue
        name = f"{node.output[0]}.scales"
        graph.initializer.append(numpy_helper.from_array(np.array([1, 1, factor, factor], np.float32), name))
        node.CopyFrom(helper.make_node("Resize", [source.input[0], "", name], list(node.output), **_NEAREST))
        resized += 1
    return resized


def _made_by(kind: str, name: str, made: dict[str, NodeProto]) -> NodeProto | None:
    node = made.get(name)
    return node if node is not None and node.op_type == kind else None


def _factor(tile: NodeProto, made: dict[str, NodeProto]) -> int:
    """f where a Tile repeats 1, 1, 1, f, 1, f; 0 where it does something else."""
    for repeats in _constants(tile.input[1], made):
        if repeats.shape == (6,) and (repeats[[0, 1, 2, 4]] == 1).all() and repeats[3] == repeats[5] > 1:
            return int(repeats[3])
    return 0


def _constants(name: str, made: dict[str, NodeProto]) -> list[np.ndarray]:
    """The constant of that name, or those that are joined to it: paddle2onnx puts as many ones as are missing first."""
    from onnx import numpy_helper

    node = made.get(name)
    if node is None:
        return []
    if node.op_type == "Constant":
        return [numpy_helper.to_array(node.attribute[0].t)]
    return [value for part in node.input for value in _constants(part, made)] if node.op_type == "Concat" else []


def drop_unused(graph: GraphProto) -> None:
    """Remove what leads to no output; ONNX Runtime warns of each such constant."""
    needed = {output.name for output in graph.output}
    kept = []
    for node in reversed(graph.node):  # in ONNX a node comes after those it depends on
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(node)
    _replace(graph.node, kept[::-1])
    _replace(graph.initializer, [value for value in graph.initializer if value.name in needed])


def name_sizes(graph: GraphProto) -> None:
    """Give the free sizes of the input readable names."""
    for axis, dimension in zip("NCHW", graph.input[0].type.tensor_type.shape.dim, strict=True):
        if not dimension.HasField("dim_value"):
            dimension.dim_param = axis


def _replace(items: Any, new: list[Any]) -> None:
    copies = [type(item).FromString(item.SerializeToString()) for item in new]
    del items[:]
    items.extend(copies)
