"""The loss of the attention branch (NRTR) that guides a recogniser's training, as PP-OCR's `MultiLoss` has it.

The branch sees a label's characters and predicts each next one; its cross entropy with smoothed labels is added to the
CTC loss. Legend: B images, L places (start, characters, end), K classes of the branch (`ocrflow.nets.nrtr`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import paddle
from paddle.nn import functional as F

from ocrflow.nets.nrtr import END, FIRST_CHARACTER, PADDING, START
from ocrflow.tasks.text_recognition.batches import LONGEST_GUIDED, Batch

SMOOTHING = 0.1  # share of the probability that goes to the wrong classes
_FROM_CTC = FIRST_CHARACTER - 1  # CTC has one class, the blank, before the characters


def targets_of(batch: Batch) -> np.ndarray:
    """int64 B x L: `START`, the label, `END`, `PADDING`; nothing but padding for a label that is too long."""
    guided_B = batch.lengths_B <= LONGEST_GUIDED
    longest = int(batch.lengths_B[guided_B].max(initial=0))
    targets_BL = np.full((len(guided_B), longest + 2), PADDING, np.int64)
    for row in np.flatnonzero(guided_B):
        length = int(batch.lengths_B[row])
        targets_BL[row, 0] = START
        targets_BL[row, 1 : length + 1] = batch.labels_BL[row, :length] + _FROM_CTC
        targets_BL[row, length + 1] = END
    return targets_BL


def summed_loss(logits_BLK: paddle.Tensor, targets_BL: np.ndarray) -> paddle.Tensor:
    """Cross entropy with smoothed labels, summed over all places that have a target.

    Args:
        logits_BLK: of the places 1 to the last.
        targets_BL: as `targets_of` gives them, one place more.
    """
    log_probs_NK = F.log_softmax(logits_BLK.astype("float32").flatten(0, 1), axis=1)
    wanted = targets_BL[:, 1:].reshape(-1)
    places = np.flatnonzero(wanted != PADDING)
    if not len(places):
        return log_probs_NK.sum() * 0.0  # every process computes gradients for every weight
    log_probs_NK = log_probs_NK.gather(paddle.to_tensor(places))
    right_N = log_probs_NK.take_along_axis(paddle.to_tensor(wanted[places])[:, None], 1)
    share = SMOOTHING / (log_probs_NK.shape[1] - 1)
    return -(right_N.sum() * (1 - SMOOTHING - share) + log_probs_NK.sum() * share)


def unguided(lengths: Sequence[int]) -> int:
    """How many labels of these lengths are too long for the branch, and train the CTC head alone."""
    return sum(length > LONGEST_GUIDED for length in lengths)
