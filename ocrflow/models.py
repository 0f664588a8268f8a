"""The names of PaddleX's text models and what ocrflow can do with them."""

from __future__ import annotations

import difflib

from ocrflow.errors import UsageError

TEXT_RECOGNITION = "text_recognition"
TEXT_DETECTION = "text_detection"
TASKS = (TEXT_RECOGNITION, TEXT_DETECTION)
OCR = "ocr"  # both together: what a file of several configurations calls the pipeline

_LANGUAGES_V3 = ("en", "korean", "japan", "chinese_cht", "te", "ka", "ta", "latin", "arabic", "cyrillic", "devanagari")
_LANGUAGES_V5 = ("en", "korean", "latin", "eslav", "th", "el", "arabic", "cyrillic", "te", "ta", "devanagari")
_RECOGNITION = (
    "PP-OCRv3_mobile_rec",
    *(f"{language}_PP-OCRv3_mobile_rec" for language in _LANGUAGES_V3),
    "PP-OCRv4_mobile_rec",
    "PP-OCRv4_server_rec",
    "PP-OCRv4_server_rec_doc",
    "en_PP-OCRv4_mobile_rec",
    "ch_SVTRv2_rec",
    "ch_RepSVTR_rec",
    "PP-OCRv5_mobile_rec",
    "PP-OCRv5_server_rec",
    *(f"{language}_PP-OCRv5_mobile_rec" for language in _LANGUAGES_V5),
    "PP-OCRv6_tiny_rec",
    "PP-OCRv6_small_rec",
    "PP-OCRv6_medium_rec",
)
_DETECTION = (
    *(f"PP-OCRv{version}_{size}_det" for version in (3, 4, 5) for size in ("mobile", "server")),
    *(f"PP-OCRv6_{size}_det" for size in ("tiny", "small", "medium")),
)
TASK_OF_MODEL = dict.fromkeys(_RECOGNITION, TEXT_RECOGNITION) | dict.fromkeys(_DETECTION, TEXT_DETECTION)


def task_of(model: str) -> str:
    """The task of a PaddleX model name.

    Raises:
        UsageError: no such model; names the nearest one.
    """
    if model in TASK_OF_MODEL:
        return TASK_OF_MODEL[model]
    raise UsageError(
        f"unknown model {model!r}{nearest(model, TASK_OF_MODEL)}", fix="set Global.model to a PaddleX name"
    )


def nearest(word: str, known: object) -> str:
    """A clause ' (did you mean X?)' for the known word that is nearest, or an empty string."""
    names = [str(item) for item in known]  # type: ignore[attr-defined]
    found = [name for name in names if len(word) > 2 and name.startswith(word)]
    found = found or difflib.get_close_matches(word, names, n=1, cutoff=0.4)
    return f" (did you mean {found[0]!r}?)" if found else ""
