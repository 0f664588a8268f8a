"""The head of the PP-OCR recognisers: a CTC head, and beside it the attention branch that guides training.

Names follow PaddleOCR `ppocr/modeling/heads/rec_multi_head.py`; GTC is "guided training of CTC" (arXiv:2002.01276).
"""

from __future__ import annotations

import paddle
from paddle import nn

from ocrflow.nets.nrtr import NRTRDecoder, num_gtc_classes

GTC_CHANNELS = 384


class ToSequence(nn.Layer):
    """N x C x 1 x T -> N x T x C', one linear layer without bias."""

    def __init__(self, c_in: int, c_out: int):
        super().__init__()
        self.fc = nn.Linear(c_in, c_out, bias_attr=False)

    def forward(self, x_NCT: paddle.Tensor) -> paddle.Tensor:
        return self.fc(x_NCT.transpose([0, 2, 1]))


class MultiHead(nn.Layer):
    """N x C x 1 x T features -> what the CTC head gives (N x T x K); with targets also the attention branch's logits.

    Args:
        c_in: channels C of the features.
        num_classes: K, classes of the CTC head.
        ctc_encoder: between the features and the CTC head, or None. Where it is `guided`, the backbone learns from the
            attention branch alone in steps that have targets, as the official weights did.
        training_branches: with the attention branch.
    """

    training_only = ("before_gtc", "gtc_head")

    def __init__(
        self, c_in: int, num_classes: int, ctc_encoder: nn.Layer | None, ctc_head: nn.Layer, training_branches: bool
    ):
        super().__init__()
        self.ctc_encoder = nn.Sequential() if ctc_encoder is None else nn.Sequential(("encoder", ctc_encoder))
        self.ctc_head = ctc_head
        self.guided = getattr(ctc_encoder, "guided", False)
        if training_branches:
            self.before_gtc = nn.Sequential(nn.Flatten(2), ToSequence(c_in, GTC_CHANNELS))
            self.gtc_head = NRTRDecoder(GTC_CHANNELS, num_gtc_classes(num_classes))

    def forward(
        self, x_NC1T: paddle.Tensor, gtc_targets_NL: paddle.Tensor | None = None
    ) -> paddle.Tensor | tuple[paddle.Tensor, paddle.Tensor]:
        if gtc_targets_NL is None:
            return self.ctc_head(self.ctc_encoder(x_NC1T))
        features = x_NC1T.detach() if self.guided else x_NC1T
        ctc_NTK = self.ctc_head(self.ctc_encoder(features))
        return ctc_NTK, self.gtc_head(self.before_gtc(x_NC1T), gtc_targets_NL)
