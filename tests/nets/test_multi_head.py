"""CTC head and attention branch together."""

from __future__ import annotations

import paddle
import pytest

from ocrflow.nets.ctc_head import CTCHead
from ocrflow.nets.multi_head import MultiHead, ToSequence

TARGETS = paddle.to_tensor([[2, 4, 3, 0], [2, 5, 6, 3]])
X = paddle.randn([2, 16, 1, 9])


class Doubling(paddle.nn.Layer):
    """An encoder that can be told from none."""

    guided = False

    def forward(self, x):
        return 2 * x


@pytest.mark.parametrize("encoder", [None, Doubling()])
def test_with_and_without_targets(encoder):
    head = MultiHead(16, 7, encoder, CTCHead(16, 7), training_branches=True)
    head.train()
    ctc, gtc = head(X, TARGETS)
    assert (ctc.shape, gtc.shape) == ([2, 9, 7], [2, 3, 7 + 4])
    assert abs((head(X) - ctc).numpy()).max() == 0
    bias = head.ctc_head.fc.bias
    plain = head.ctc_head(X) - bias
    assert abs((ctc - bias - (1 if encoder is None else 2) * plain).numpy()).max() < 1e-5


def test_names_of_the_encoder_and_the_branch():
    head = MultiHead(16, 7, Doubling(), CTCHead(16, 7), training_branches=True)
    assert [name for name, _ in head.named_sublayers() if name in ("ctc_encoder.encoder", "before_gtc.1.fc")] == [
        "ctc_encoder.encoder",
        "before_gtc.1.fc",
    ]
    plain = MultiHead(16, 7, Doubling(), CTCHead(16, 7), training_branches=False)
    assert not [name for name in plain.state_dict() if "gtc" in name]


def test_features_as_a_sequence():
    layer = ToSequence(16, 5)
    out = layer(X.squeeze(2))
    assert out.shape == [2, 9, 5]
    expected = X.numpy()[1, :, 0, 4] @ layer.fc.weight.numpy()
    assert abs(out.numpy()[1, 4] - expected).max() < 1e-5
