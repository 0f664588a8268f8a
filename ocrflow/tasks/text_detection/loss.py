"""The loss of a detector with differentiable binarisation (Liao et al., 2020, arXiv:1911.08947).

As PaddleOCR's DBLoss computes it: alpha * shrink map + beta * threshold map + binary map. Maps are float32 N x H x W;
`truth` is 1 in shrunk texts, `mask` 0 where nothing counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paddle import Tensor

EPSILON = 1e-6
AUXILIARY = ("p4", "p3", "p2")  # three maps of each level may follow the network's own three


@dataclass(frozen=True)
class LossSettings:
    """The recipe of a model.

    Attributes:
        main: loss of the shrink map: "dice"; "dice_focal" (also of the binary map); "bce", cross-entropy of the pixels
            in texts and of the hardest others, `negatives` to one.
        alpha, beta: weights of the shrink map and of the threshold map; the binary map has 1.
        focal_alpha, focal_gamma: weight of the pixels in texts, and how much less easy pixels count (arXiv:1708.02002).
        auxiliary: weights of the levels p4, p3, p2, for a network that gives their maps.
        two_maps: the network has two shrink maps (server models): what is binarised gets a main loss of its own.
    """

    main: str = "dice"
    alpha: float = 5.0
    beta: float = 10.0
    negatives: float = 3.0
    focal_alpha: float = 0.25
    focal_gamma: float = 2.5
    auxiliary: tuple[float, ...] = ()
    two_maps: bool = False


_V6 = LossSettings(main="dice_focal", auxiliary=(0.2, 0.3, 0.4))
_SERVER = LossSettings(two_maps=True)
SETTINGS_OF_MODEL = {
    "PP-OCRv4_mobile_det": LossSettings(),
    "PP-OCRv4_server_det": _SERVER,
    "PP-OCRv5_mobile_det": LossSettings(),
    "PP-OCRv5_server_det": _SERVER,
    "PP-OCRv6_tiny_det": _V6,
    "PP-OCRv6_small_det": _V6,
}


def db_loss(
    maps_NCHW: Tensor, targets: tuple[Tensor, Tensor, Tensor, Tensor], settings: LossSettings
) -> dict[str, Tensor]:
    """Scalars: "loss", the sum to minimise, and under PaddleOCR's names the parts of it.

    Args:
        maps_NCHW: what `DetectionNet` gives in training mode: shrink, threshold and binary map; with
            `settings.auxiliary` three more of each level.
        targets: shrink map, shrink mask, threshold map, threshold mask of `DBTargets`, each N x H x W.
    """
    parts = _three_maps(maps_NCHW[:, :3], targets, settings)
    losses = {
        "loss": sum(parts),
        **dict(zip(("loss_shrink_maps", "loss_threshold_maps", "loss_binary_maps"), parts, strict=True)),
    }
    if settings.two_maps:
        losses["loss_cbn"] = _main(maps_NCHW[:, 2], *targets[:2], settings)
        losses["loss"] = losses["loss"] + losses["loss_cbn"]
    for place, weight in enumerate(settings.auxiliary, start=1):
        level = sum(_three_maps(maps_NCHW[:, 3 * place : 3 * place + 3], targets, settings))
        losses[f"loss_aux_maps_{AUXILIARY[place - 1]}"] = level
        losses["loss"] = losses["loss"] + weight * level
    return losses


def _three_maps(
    maps_N3HW: Tensor, targets: tuple[Tensor, Tensor, Tensor, Tensor], settings: LossSettings
) -> tuple[Tensor, Tensor, Tensor]:
    truth, mask, threshold, threshold_mask = targets
    shrink = _main(maps_N3HW[:, 0], truth, mask, settings)
    distance = ((maps_N3HW[:, 1] - threshold).abs() * threshold_mask).sum() / (threshold_mask.sum() + EPSILON)
    binary = (_dice_focal if settings.main == "dice_focal" else _dice)(maps_N3HW[:, 2], truth, mask, settings)
    return settings.alpha * shrink, settings.beta * distance, binary


def _main(probs: Tensor, truth: Tensor, mask: Tensor, settings: LossSettings) -> Tensor:
    return {"dice": _dice_of_batch_with_text, "dice_focal": _dice_focal, "bce": _hard_bce}[settings.main](
        probs, truth, mask, settings
    )


def _dice(probs: Tensor, truth: Tensor, mask: Tensor, _: LossSettings) -> Tensor:
    """1 - F1 of the pixels."""
    overlap = (probs * truth * mask).sum()
    return 1 - 2 * overlap / ((probs * mask).sum() + (truth * mask).sum() + EPSILON)


def _dice_of_batch_with_text(probs: Tensor, truth: Tensor, mask: Tensor, settings: LossSettings) -> Tensor:
    """Dice loss, 0 for a batch without a pixel of text: PaddleOCR's balancing changes nothing else about it."""
    return _dice(probs, truth, mask, settings) * ((truth * mask).sum() > 0).astype(probs.dtype)


def _focal(probs: Tensor, truth: Tensor, mask: Tensor, settings: LossSettings) -> Tensor:
    probs = probs.clip(EPSILON, 1 - EPSILON)
    of_truth = probs * truth + (1 - probs) * (1 - truth)
    weight = settings.focal_alpha * truth + (1 - settings.focal_alpha) * (1 - truth)
    loss = -weight * (1 - of_truth) ** settings.focal_gamma * of_truth.log()
    return (loss * mask).sum() / (mask.sum() + EPSILON)


def _dice_focal(probs: Tensor, truth: Tensor, mask: Tensor, settings: LossSettings) -> Tensor:
    return _dice(probs, truth, mask, settings) + _focal(probs, truth, mask, settings)


def _hard_bce(probs: Tensor, truth: Tensor, mask: Tensor, settings: LossSettings) -> Tensor:
    """Cross-entropy of the pixels in texts and of the hardest others (OHEM, arXiv:1604.03540), mean over both."""
    from paddle.nn import functional as F

    loss = F.binary_cross_entropy(probs, truth, reduction="none")
    text, other = truth * mask, (1 - truth) * mask
    count = int(text.sum())
    hard = min(int(other.sum()), int(count * settings.negatives))
    total = (text * loss).sum()
    if hard:
        total = total + (other * loss).flatten().topk(hard, sorted=False)[0].sum()
    return total / (count + hard + EPSILON)
