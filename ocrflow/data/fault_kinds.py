"""The table of fault codes: the one place that says how grave a fault is, what it means and what mends it.

`docs/faults.md` is the same table for readers. In a fix, `{file}`, `{line}` and `{image}` stand for those of the fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Kind:
    """What all faults of one code have in common.

    Attributes:
        severity: an error makes the dataset fail.
        meaning: what is wrong.
        fix: what mends it.
        of_row: the fault belongs to one row, which `CheckDataset.allow` can leave out.
    """

    severity: Severity
    meaning: str
    fix: str
    of_row: bool


_EDIT_ROW = "correct or remove line {line} of {file}"
_ADD_TO_DICT = "add them to dict.txt (ocrflow data dict extend), or " + _EDIT_ROW
_REPLACE = "replace {image}, or remove line {line} of {file}"
_REMOVE = "remove line {line} of {file}"
_REPAIR = "ocrflow data fix writes a corrected copy"


def _error(meaning: str, fix: str) -> Kind:
    return Kind("error", meaning, fix, of_row="{line}" in fix or "{image}" in fix)


def _dict_error(meaning: str, fix: str) -> Kind:
    return Kind("error", meaning, fix, of_row=False)


def _warning(meaning: str, fix: str) -> Kind:
    return Kind("warning", meaning, fix, of_row=False)


DATASET: dict[str, Kind] = {
    "dataset_missing": _error("the dataset folder does not exist", "set Global.dataset_dir, or fetch it: dvc pull"),
    "dataset_not_directory": _error("the dataset is a file", "unpack it and set Global.dataset_dir to the folder"),
    "dataset_unreadable": _error("the dataset folder cannot be read", "chmod -R u+rX {file}"),
    "dataset_ambiguous": _error("several datasets lie in the folder", "set Global.dataset_dir to one of them"),
    "dataset_layout": _warning("no single folder named images; PaddleX refuses it", "rename the folder of the images"),
}

FILES: dict[str, Kind] = {
    "file_unreadable": _error("a list or the dictionary cannot be read", "make {file} a readable text file"),
    "file_not_utf8": _error("bytes that are not UTF-8", "convert {file}, e.g. with iconv -f GB18030 -t UTF-8"),
    "file_bom": _error("a byte order mark before the first character", r"sed -i '1s/^\xEF\xBB\xBF//' {file}"),
    "file_crlf": _warning("Windows line ends; read as if they were LF", r"sed -i 's/\r$//' {file}"),
    "list_missing": _error("train.txt or val.txt does not exist", "write {file}: PATH<TAB>LABEL for each image"),
    "list_empty": _error("a list without a sample", "write into {file} PATH<TAB>LABEL for each image"),
    "list_columns": _error("a line is not PATH<TAB>LABEL", _EDIT_ROW),
    "list_blank_line": _warning("a blank line in a list; skipped", r"sed -i '/^\s*$/d' {file}"),
    "dict_missing": _error("dict.txt does not exist", "ocrflow data dict build writes one from the labels"),
    "dict_empty": _error("dict.txt has no character", "ocrflow data dict build writes one from the labels"),
    "dict_duplicate": _dict_error("a character stands twice in dict.txt", _REMOVE),
    "dict_multi_character": _error("a line of dict.txt has several characters", "one character a line in {file}"),
    "dict_blank_entry": _dict_error("a line of dict.txt is empty", _REMOVE),
    "dict_misencoded": _dict_error("an entry of dict.txt that no text holds, as a wrong encoding leaves it", _REMOVE),
    "dict_not_nfc": _warning("an entry of dict.txt that is not in Unicode form NFC", "normalise line {line} of {file}"),
    "dict_space": _warning("dict.txt lists the space, which is always added; ignored", _REMOVE),
}

ROWS: dict[str, Kind] = {
    "label_blank": _error("a label without a visible character", _EDIT_ROW),
    "label_control_character": _error("a label with a control character or a line separator", _EDIT_ROW),
    "label_unknown_character": _error("a label with characters that dict.txt lacks", _ADD_TO_DICT),
    "label_too_long": _error("a label longer than the network can say at its widest input", _EDIT_ROW),
    "label_ctc_impossible": _error("a label that needs more time steps than the network makes of its image", _EDIT_ROW),
    "label_over_25": _warning("a label of more than 25 characters, which PaddleX's training drops", "none is needed"),
    "label_not_nfc": _warning("a label that is not in Unicode form NFC", _REPAIR),
    "label_edge_space": _warning("a label that begins or ends with white space", _EDIT_ROW),
    "label_ignore_mark": _warning("### or * as a label: text detection's mark for boxes to ignore", _EDIT_ROW),
    "label_conflict": _error("the same image with different labels", _EDIT_ROW),
    "row_duplicate": _warning("the same image with the same label again", _REPAIR),
    "path_absolute": _error("an image path that is absolute", "make it relative to the dataset: " + _EDIT_ROW),
    "path_escapes": _error("an image path that leaves the dataset", "copy the image into the dataset: " + _EDIT_ROW),
    "path_backslash": _error("an image path with backslashes", "write / instead: " + _EDIT_ROW),
    "path_case": _error("an image path in the wrong case", "write the file's own name: " + _EDIT_ROW),
    "path_space": _error("an image path with white space before or after it", _EDIT_ROW),
    "path_image_list": _error("several images in one row", "write a line for each image: " + _EDIT_ROW),
    "path_invalid": _error("an image path that no file can have", _EDIT_ROW),
}

IMAGES: dict[str, Kind] = {
    "image_missing": _error("an image that does not exist", "add {image}, or remove line {line} of {file}"),
    "image_is_directory": _error("a folder where an image should be", _EDIT_ROW),
    "image_unreadable": _error("an image file that cannot be read", "chmod u+r {image}"),
    "image_empty": _error("an image file of 0 bytes", _REPLACE),
    "image_undecodable": _error("a file that is no image, or of a kind OpenCV cannot decode (GIF)", _REPLACE),
    "image_truncated": _error("an image file that ends too early", _REPLACE),
    "image_damaged": _error("an image file whose data is damaged", _REPLACE),
    "image_decoder_warning": _warning("an image that is decoded with a complaint", "write {image} anew"),
    "image_too_large": _error("an image of more than 64 megapixels; not decoded", _REPLACE),
    "image_too_small": _error("an image narrower or lower than 4 pixels", _REPLACE),
    "image_suffix": _warning("an image whose file name does not tell its format", "rename {image}"),
    "image_transparent": _warning("an image with transparent pixels; training drops the transparency", _REPAIR),
    "image_exif_rotated": _warning("an image that its EXIF orientation turns, as training does", _REPAIR),
    "image_exif_mismatch": _error("labels that fit only the image before EXIF turns it", _REPAIR + " of {image}"),
    "image_in_both_splits": _error("the same image in train and val", _REMOVE + ", or split anew"),
    "image_nearly_in_both_splits": _warning("nearly the same image in train and val", _REMOVE + ", or split anew"),
    "image_orphan": _warning("an image that no list names; not used", "add {image} to a list, or remove it"),
}

BOXES: dict[str, Kind] = {
    "boxes_not_json": _error("a label that is not JSON", "write a JSON list in line {line} of {file}"),
    "boxes_wrong_shape": _error("a label that is not a list of {transcription, points} objects", _EDIT_ROW),
    "boxes_none": _warning("an image without a box", "none is needed if it shows no text"),
    "boxes_ignored_in_row": _warning("an image of which all boxes are ignored", "none is needed"),
    "boxes_all_ignored": _error("a list without a box that counts: all are ignored, or there is none", "label boxes"),
    "box_text_blank": _warning("a box without text; trained as text", "label it ### to ignore it"),
    "polygon_wrong_shape": _error("points that are not a list of [x, y] numbers", _EDIT_ROW),
    "polygon_too_few_points": _error("a polygon of fewer than 4 points", _EDIT_ROW),
    "polygon_not_finite": _error("a coordinate that is NaN or infinite", _EDIT_ROW),
    "polygon_huge": _error("a coordinate beyond a million pixels", _EDIT_ROW),
    "polygon_outside": _error("a polygon that lies outside of its image", _EDIT_ROW),
    "polygon_partly_outside": _warning("a polygon that reaches out of its image", _REPAIR),
    "polygon_zero_area": _error("a polygon without an area", _EDIT_ROW),
    "polygon_self_intersecting": _error("a polygon whose sides cross", _EDIT_ROW),
    "polygon_counter_clockwise": _warning("a polygon whose points run counter-clockwise", _REPAIR),
    "polygon_tiny": _warning("a polygon lower or narrower than 3 pixels, which training ignores", "label it ###"),
    "polygon_duplicate": _warning("the same polygon twice in one image", _REPAIR),
}

KINDS: dict[str, Kind] = DATASET | FILES | ROWS | IMAGES | BOXES
