"""The backbone."""

from __future__ import annotations

import paddle

from ocrflow.nets.lcnet_v4 import LCNetV4Block, PPLCNetV4Rec


def test_feature_shape():
    assert PPLCNetV4Rec()(paddle.zeros([2, 3, 48, 104])).shape == [2, 160, 1, 13]


def test_residual_block_starts_as_its_token_mixer():
    """The channel mixer's last batch normalisation starts at 0, so a fresh block adds nothing."""
    block = LCNetV4Block(8, 8, 1, use_se=False)
    block.eval()
    x = paddle.randn([1, 8, 4, 6])
    assert abs((block(x) - block.token_mixer(x)).numpy()).max() == 0


def test_other_blocks_have_no_residual():
    assert not LCNetV4Block(8, 16, 1, use_se=True).residual
    assert LCNetV4Block(8, 8, (2, 1), use_se=False)(paddle.zeros([1, 8, 4, 6])).shape == [1, 8, 2, 6]
