"""Maps of the server detectors' head."""

from __future__ import annotations

import numpy as np
import paddle

from ocrflow.nets.pf_head import PFHeadLocal


def test_eval_mode_gives_the_mean_of_both_maps():
    head = PFHeadLocal(16, training_branches=True)
    head.eval()
    x = paddle.randn([2, 16, 8, 10])
    head.cbn_layer.last_1.weight.set_value(paddle.zeros_like(head.cbn_layer.last_1.weight))
    head.cbn_layer.last_1.bias.set_value(paddle.full([1], 100.0))  # the refined map is 1 everywhere
    maps = head(x)
    assert maps.shape == [2, 1, 32, 40]
    assert np.allclose(maps.numpy(), 0.5 * (head.binarize(x).numpy() + 1.0), atol=1e-6)


def test_training_mode_gives_refined_threshold_and_binary():
    head = PFHeadLocal(16, training_branches=True)
    maps = head(paddle.randn([2, 16, 8, 8]))
    assert maps.shape == [2, 3, 32, 32]
    maps[:, :1].sum().backward()
    assert abs(head.cbn_layer.last_1.weight.grad).max() > 0
    assert head.thresh.conv3.weight.grad is None or abs(head.thresh.conv3.weight.grad).max() == 0


def test_without_training_branches_both_modes_give_one_map():
    head = PFHeadLocal(16, training_branches=False)
    assert head(paddle.randn([2, 16, 8, 8])).shape == [2, 1, 32, 32]
    assert not [name for name in head.state_dict() if name.startswith("thresh")]
