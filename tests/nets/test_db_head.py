"""Maps of the DB head in both modes."""

from __future__ import annotations

import numpy as np
import paddle

from ocrflow.nets.db_head import DBHead, MapHead, three_maps


def test_eval_mode_gives_the_probability_map():
    head = DBHead(16, training_branches=True, auxiliary=True)
    head.eval()
    x = paddle.randn([2, 16, 8, 10])
    maps = head(x, levels=[x, x, x, x]).numpy()
    assert maps.shape == (2, 1, 32, 40)
    assert maps.min() > 0 and maps.max() < 1
    assert np.array_equal(maps, head.binarize(x).numpy())


def test_training_mode_gives_three_maps_and_three_of_each_level():
    head = DBHead(16, training_branches=True, auxiliary=True)
    x = paddle.randn([2, 16, 8, 8])
    levels = [paddle.randn([2, 16, 8 // 2**i, 8 // 2**i]) for i in range(4)]
    assert head(x).shape == [2, 3, 32, 32]
    assert head(x, levels).shape == [2, 12, 32, 32]
    plain = DBHead(16, training_branches=True)
    assert plain(x, levels).shape == [2, 3, 32, 32]
    assert DBHead(16, training_branches=False, auxiliary=True)(x, levels).shape == [2, 1, 32, 32]


def test_each_level_trains_its_own_heads():
    head = DBHead(16, training_branches=True, auxiliary=True)
    levels = [paddle.randn([2, 16, 8 // 2**i, 8 // 2**i]) for i in range(4)]
    maps = head(paddle.randn([2, 16, 8, 8]), levels)
    (maps[:, 3:6] ** 2).sum().backward()  # p4, the level of 1/16
    trained = {
        name
        for name, parameter in head.named_parameters()
        if parameter.grad is not None and (parameter.grad != 0).any()
    }
    assert {name.split(".")[0] for name in trained} == {"aux_binarize_p4", "aux_thresh_p4"}


def test_the_binary_map_steps_where_probability_crosses_threshold():
    shrink = paddle.to_tensor([0.2, 0.5, 0.8]).reshape([1, 1, 1, 3])
    maps = three_maps(shrink, shrink, paddle.full([1, 1, 1, 3], 0.5)).numpy()[0, :, 0]
    assert np.allclose(maps[0], [0.2, 0.5, 0.8]) and np.allclose(maps[1], 0.5)
    assert np.allclose(maps[2], [0.0, 0.5, 1.0], atol=1e-6)


def test_fused_head_gives_the_same():
    rng = np.random.default_rng(1)
    head = MapHead(16)
    for tensor in head.state_dict().values():
        if tensor.ndim == 1:
            tensor.set_value((0.5 + rng.random(tensor.shape)).astype(np.float32))
    head.eval()
    x = paddle.to_tensor(rng.standard_normal((2, 16, 5, 6)).astype(np.float32))
    before = {name: tensor.numpy().copy() for name, tensor in head.state_dict().items()}
    expected, fused = head(x).numpy(), head.fused()
    assert expected.std() > 1e-2
    assert abs(fused(x).numpy() - expected).max() < 1e-6
    assert not [name for name in fused.state_dict() if "_mean" in name]
    assert all(np.array_equal(tensor.numpy(), before[name]) for name, tensor in head.state_dict().items())
