"""What an OCR.yaml says, checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DetectionParams:
    """How the detector runs.

    Attributes:
        limit_side_len: pixels; images are resized to it as `limit_type` says.
        limit_type: max (the longer side is at most so long), min (the shorter at least), resize_long (the longer is).
        max_side_limit: pixels that no side exceeds, whatever the limit.
        thresh: of a pixel's probability.
        box_thresh: of a box's mean probability.
        unclip_ratio: how far a box is grown.
    """

    limit_side_len: int
    limit_type: str
    max_side_limit: int
    thresh: float
    box_thresh: float
    unclip_ratio: float


@dataclass(frozen=True)
class OcrSettings(DetectionParams):
    """The content of an OCR.yaml whose models are there.

    Attributes:
        det_dir, rec_dir: folders of the exported models.
        det_name, rec_name: their PaddleX names.
        rec_batch_size: crops of one image that PaddleX pads to one width and reads together.
        score_thresh: readings with a lower score are left out.
    """

    det_dir: Path
    rec_dir: Path
    det_name: str
    rec_name: str
    rec_batch_size: int
    score_thresh: float
