"""The table of fault codes: the one place that says how grave a fault is, what it means and what mends it.

`docs/faults.md` is the same table for readers. In a fix, `{file}`, `{line}` and `{image}` stand for those of the fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Kind:
    """What all faults of one code have in common."""

    severity: Severity
    meaning: str
    fix: str


def _error(meaning: str, fix: str) -> Kind:
    return Kind("error", meaning, fix)


def _warning(meaning: str, fix: str) -> Kind:
    return Kind("warning", meaning, fix)


_EDIT_ROW = "correct or remove line {line} of {file}"
_ADD_TO_DICT = "add them to dict.txt, or " + _EDIT_ROW
_REPLACE = "replace {image}, or remove line {line} of {file}"

KINDS: dict[str, Kind] = {
    "dataset_missing": _error("the dataset folder does not exist", "set Global.dataset_dir, or fetch it: dvc pull"),
    "dataset_not_directory": _error("the dataset is a file", "unpack it and set Global.dataset_dir to the folder"),
    "dataset_unreadable": _error("the dataset folder cannot be read", "chmod -R u+rX {file}"),
    "dataset_ambiguous": _error("several datasets lie in the folder", "set Global.dataset_dir to one of them"),
    "file_unreadable": _error("a list or the dictionary cannot be read", "make {file} a readable text file"),
    "file_not_utf8": _error("bytes that are not UTF-8", "convert {file}, e.g. with iconv -f GB18030 -t UTF-8"),
    "file_bom": _error("a byte order mark before the first character", r"sed -i '1s/^\xEF\xBB\xBF//' {file}"),
    "file_crlf": _warning("Windows line ends; read as if they were LF", r"sed -i 's/\r$//' {file}"),
    "list_missing": _error("train.txt or val.txt does not exist", "write {file}: a line PATH<TAB>LABEL for each image"),
    "list_empty": _error("a list without a sample", "write into {file} a line PATH<TAB>LABEL for each image"),
    "list_columns": _error("a line is not PATH<TAB>LABEL", _EDIT_ROW),
    "list_blank_line": _warning("a blank line in a list; skipped", r"sed -i '/^\s*$/d' {file}"),
    "dict_missing": _error("dict.txt does not exist", "write {file}: one character of the labels a line"),
    "dict_empty": _error("dict.txt has no character", "write into {file} one character a line"),
    "dict_duplicate": _error("a character stands twice in dict.txt", "remove line {line} of {file}"),
    "dict_multi_character": _error("a line of dict.txt has several characters", "one character a line in {file}"),
    "dict_blank_entry": _error("a line of dict.txt is empty", "remove line {line} of {file}"),
    "dict_space": _warning("dict.txt lists the space, which is always added; ignored", "remove line {line} of {file}"),
    "label_blank": _error("a label without a visible character", _EDIT_ROW),
    "label_control_character": _error("a label with a control character or a line separator", _EDIT_ROW),
    "label_unknown_character": _error("a label with characters that dict.txt lacks", _ADD_TO_DICT),
    "label_too_long": _error("a label with more characters than the network has time steps for its image", _EDIT_ROW),
    "label_not_nfc": _warning("a label that is not in Unicode form NFC", "normalise it: uconv -x any-nfc {file}"),
    "label_conflict": _error("the same image with different labels", _EDIT_ROW),
    "row_duplicate": _warning("the same image with the same label again", "remove line {line} of {file}"),
    "path_absolute": _error("an image path that is absolute", "make it relative to the dataset: " + _EDIT_ROW),
    "path_escapes": _error("an image path that leaves the dataset", "copy the image into the dataset: " + _EDIT_ROW),
    "path_backslash": _error("an image path with backslashes", "write / instead: " + _EDIT_ROW),
    "path_invalid": _error("an image path that no file can have", _EDIT_ROW),
    "image_missing": _error("an image that does not exist", "add {image}, or remove line {line} of {file}"),
    "image_is_directory": _error("a folder where an image should be", _EDIT_ROW),
    "image_unreadable": _error("an image file that cannot be read", "chmod u+r {image}"),
    "image_empty": _error("an image file of 0 bytes", _REPLACE),
    "image_undecodable": _error("a file that is no image, or of a kind OpenCV cannot decode (GIF)", _REPLACE),
    "image_truncated": _error("an image file that ends too early or is damaged", _REPLACE),
    "image_too_large": _error("an image of more than 100 megapixels; not decoded", _REPLACE),
    "image_too_small": _error("an image narrower or lower than 4 pixels", _REPLACE),
    "image_in_both_splits": _error("the same image in train and val", "remove line {line} of {file}, or split anew"),
    "image_orphan": _warning("images that no list names; not used", "add them to a list, or remove them"),
}
