"""The learning rate: linear warm-up, then cosine to zero (PaddleOCR's `Cosine` with `warmup_epoch`)."""

from __future__ import annotations

import math


def learning_rate(step: int, peak: float, warmup_steps: int, total_steps: int) -> float:
    """The rate of step `step` (0-based) of `total_steps`."""
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    share = (step - warmup_steps) / max(1, total_steps - warmup_steps)
    return peak * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))
