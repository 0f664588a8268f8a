"""The backbone."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ocrflow.nets.lcnet_v4 import LCNetV4Block, PPLCNetV4Rec, StemBlock


@pytest.mark.parametrize(("size", "channels"), [("tiny", 160), ("small", 384)])
def test_feature_shape(size, channels):
    net = PPLCNetV4Rec(size)
    assert net.out_channels == channels
    assert net(paddle.zeros([2, 3, 48, 104])).shape == [2, channels, 1, 13]


@pytest.mark.parametrize("size", [(48, 100), (33, 47), (1, 2)])
def test_the_stem_quarters_any_size(size):
    stem = StemBlock(4, 6)
    stem.eval()
    assert stem(paddle.zeros([1, 3, *size])).shape == [1, 6, *(-(-pixels // 4) for pixels in size)]


def test_the_margin_of_the_stem_is_at_the_right_and_the_bottom():
    """Only then a pixel reaches no place before its own: the 2 x 2 windows look ahead."""
    stem = StemBlock(4, 6)
    stem.eval()
    image = np.zeros((1, 3, 32, 32), np.float32)
    plain = stem(paddle.to_tensor(image)).numpy()
    image[:, :, 16, 16] = 5.0
    changed = np.argwhere(abs(stem(paddle.to_tensor(image)).numpy() - plain).max(axis=(0, 1)) > 0)
    assert changed.min() == 3 and changed.max() == 4


def test_residual_block_starts_as_its_token_mixer():
    """The channel mixer's last batch normalisation starts at 0, so a fresh block adds nothing."""
    block = LCNetV4Block(8, 8, 1, use_se=False)
    block.eval()
    x = paddle.randn([1, 8, 4, 6])
    assert abs((block(x) - block.token_mixer(x)).numpy()).max() == 0


def test_other_blocks_have_no_residual():
    assert not LCNetV4Block(8, 16, 1, use_se=True).residual
    assert LCNetV4Block(8, 8, (2, 1), use_se=False)(paddle.zeros([1, 8, 4, 6])).shape == [1, 8, 2, 6]
