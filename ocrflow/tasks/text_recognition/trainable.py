"""Refusing rows that cannot be trained on, before the first step.

`check_dataset` says all of this, and much more; it may have been skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ocrflow.data.faults import Fault
from ocrflow.data.labels import RowList
from ocrflow.errors import DataError
from ocrflow.inference.preprocess import input_width
from ocrflow.tasks.text_recognition.checks import LabelCheck, ctc_steps_needed, time_steps

SHOWN = 50
REFUSED = ("label_blank", "label_unknown_character", "label_ctc_impossible")


def refuse_untrainable(
    rows: RowList, sizes_N2: Sequence[tuple[int, int]], dictionary: Sequence[str], base_width: int
) -> None:
    """Do nothing when CTC can produce every label from its image.

    warp-ctc counts a loss of 0 for a label that has too few time steps, and a blank label teaches nothing; both would
    stay unseen.

    Args:
        sizes_N2: height and width of each row's image in pixels.

    Raises:
        DataError: names each row (of very many the first 50) as file:line.
    """
    labels = LabelCheck(dictionary)
    found = [fault for row in rows.rows for fault in labels.faults(rows, row)]
    found += _too_long(rows, sizes_N2, base_width)
    faults = sorted((fault for fault in found if fault.code in REFUSED), key=lambda fault: fault.line or 0)
    if not faults:
        return
    lines = [f"{fault.place}: {fault.message}" for fault in faults[:SHOWN]]
    if len(faults) > SHOWN:
        lines.append(f"... and {len(faults) - SHOWN} more")
    head = f"{rows.file}: {len(faults)} of {len(rows.rows)} rows cannot be trained on"
    fix = "ocrflow check-dataset -c CONFIG names all; correct or remove these rows"
    raise DataError("\n  ".join([head, *lines]), fix=fix)


def _too_long(rows: RowList, sizes_N2: Sequence[tuple[int, int]], base_width: int) -> Iterator[Fault]:
    for row, (height, width) in zip(rows.rows, sizes_N2, strict=True):
        padded_width = input_width(height, width, base_width)[0]
        needed, steps = ctc_steps_needed(row.text), time_steps(padded_width)
        if needed > steps:
            message = f"{row.text!r} needs {needed} time steps, an input of {padded_width} pixels has {steps}"
            yield rows.fault("label_ctc_impossible", row, message)
