"""The public demo datasets of PaddleX's tutorials, by the name of their archive.

Addresses and sample counts are those of the PaddleX 3 documentation: `docs/module_usage/tutorials/ocr_modules/
text_recognition.en.md` and `text_detection.en.md`, `docs/practical_tutorials/ocr_rec_chinese_tutorial.en.md` and
`ocr_det_license_tutorial.en.md`. PaddleX publishes no checksums.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from ocrflow.errors import UsageError

MIRROR_VARIABLE = "OCRFLOW_DATASETS_URL"
PADDLEX_URL = "https://paddle-model-ecology.bj.bcebos.com/paddlex/data"


@dataclass(frozen=True)
class PublicSet:
    """A dataset that can be fetched by name.

    Attributes:
        name: what the user types; also the folder inside the archive.
        archive: file name of the archive on the server.
        task: `text_recognition` or `text_detection`.
        description: one line for a list of the sets.
        sha256: hex SHA-256 of the archive; None where it is not known.
    """

    name: str
    archive: str
    task: str
    description: str
    sha256: str | None = None

    @property
    def url(self) -> str:
        """Where the archive is: in the mirror that OCRFLOW_DATASETS_URL names, else at PaddleX's own address.

        Raises:
            UsageError: OCRFLOW_DATASETS_URL is not an http(s) address.
        """
        base = os.environ.get(MIRROR_VARIABLE) or PADDLEX_URL
        if not _is_address(base):
            raise UsageError(
                f"{MIRROR_VARIABLE}: expected http://HOST/... or https://HOST/..., got {base!r}",
                fix=f"unset {MIRROR_VARIABLE}, or for a local archive: ocrflow data fetch {self.name} --from FILE",
            )
        return f"{base.rstrip('/')}/{self.archive}"


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


PUBLIC_SETS = (
    PublicSet(
        "ocr_rec_dataset_examples",
        "ocr_rec_dataset_examples.tar",
        "text_recognition",
        "PaddleX's text recognition demo: word images of street scenes, 4468 for training, 2077 for validation",
    ),
    PublicSet(
        "handwrite_chinese_text_rec",
        "handwrite_chinese_text_rec.tar",
        "text_recognition",
        "handwritten Chinese: line images, 23965 for training, 17259 for validation",
    ),
    PublicSet(
        "ccpd_text_det",
        "ccpd_text_det.tar",
        "text_detection",
        "Chinese licence plates (from CCPD): 5769 images for training, 1001 for validation",
    ),
    PublicSet(
        "ocr_det_dataset_examples",
        "ocr_det_dataset_examples.tar",
        "text_detection",
        "PaddleX's text detection demo: 200 images for training, 50 for validation",
    ),
)


def public_set(name: str) -> PublicSet:
    """The dataset called `name`.

    Raises:
        UsageError: there is none; the message names the nearest and lists all.
    """
    by_name = {dataset.name: dataset for dataset in PUBLIC_SETS}
    if name in by_name:
        return by_name[name]
    nearest = difflib.get_close_matches(name, by_name, n=1, cutoff=0.0)[0]
    raise UsageError(
        f"unknown dataset {name!r}: expected one of {', '.join(by_name)}",
        fix=f"ocrflow data fetch {nearest}",
    )
