"""What the table of rows holds for text recognition beside the columns of any task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.dictionary import SPACE, read_dictionary
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row
from ocrflow.data.root import DICT_NAME
from ocrflow.data.row_table import ColumnsOfRow
from ocrflow.tasks.text_recognition.checks import DEFAULT_BASE_WIDTH, ctc_steps, ctc_steps_needed

COLUMNS: dict[str, str] = {
    "length": "characters of the label",
    "unknown_characters": "characters of the label that dict.txt lacks",
    "aspect_per_character": "aspect_ratio / length: how wide a character is, in heights of the image",
    "time_steps": "time steps that the network makes of the image",
    "steps_needed": "fewest time steps in which CTC can say the label",
    "spare_steps": "time_steps - steps_needed; below 0 the label cannot be learnt",
}


def columns_of_row(config: RunConfig, root: Path) -> ColumnsOfRow:
    """The function that gives these columns for a row of the dataset in `root`.

    Raises:
        DataError: dict.txt is missing or faulty.
    """
    known = frozenset(read_dictionary(root / DICT_NAME)) | {SPACE}
    base_width = config.Train.base_width if isinstance(config.Train.base_width, int) else DEFAULT_BASE_WIDTH

    def columns(row: Row, image: ImageFacts) -> dict[str, Any]:
        length, needed = len(row.text), ctc_steps_needed(row.text)
        usable = image.width and image.height
        steps = ctc_steps(image.width, image.height, base_width) if usable else None
        return {
            "length": length,
            "unknown_characters": sum(char not in known for char in row.text),
            "aspect_per_character": round(image.width / image.height / length, 4) if usable and length else None,
            "time_steps": steps,
            "steps_needed": needed,
            "spare_steps": None if steps is None else steps - needed,
        }

    return columns
