"""`ocrflow data dict build|diff|extend`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from ocrflow.data.dict_cost import change_lines, cost_lines, difference, num_classes
from ocrflow.data.dict_labels import LabelList, label_lists
from ocrflow.data.dict_labels import nfc as in_nfc
from ocrflow.data.dict_names import cut, named, rows_line
from ocrflow.data.dict_report import added_lines, look_alike_lines, nfc_lines, rare_lines
from ocrflow.data.dict_tools import Usage, extension, ordered, rarer_than, rows_with, usage_of
from ocrflow.data.dictionary import SPACE, read_dictionary
from ocrflow.data.root import DICT_NAME, dataset_root
from ocrflow.errors import DataError, UsageError
from ocrflow.files import write_text


def build_command(
    sources: list[str],
    output: str,
    order: str = "code_point",
    nfc: bool = False,
    min_count: int = 1,
    force: bool = False,
) -> None:
    """Write the dictionary of the labels of list files and dataset folders, and say what is odd about it.

    Args:
        sources: list files, or folders with train.txt and val.txt.
        output: the file to write; one character a line, without the space, which is always added.
        order: "code_point", or "frequency" for the most frequent first.
        nfc: bring the labels to Unicode form NFC first.
        min_count: leave out characters that occur fewer times.
        force: replace an existing `output`.

    Raises:
        UsageError: `output` exists, no such order, or min_count below 1.
        DataError: a list cannot be read, a label holds a control character, or there is no character at all.
        OutsideError: the file cannot be written.
    """
    refuse_existing(output, force)
    lists = _labels(sources, nfc)
    usage = usage_of(lists)
    rare = rarer_than(usage, min_count)
    characters = ordered({char: found for char, found in usage.items() if char not in rare}, order)
    if not characters:
        raise DataError(f"no character in the labels of {', '.join(sources)}", fix="give lists with labels")
    _write(output, characters)
    rows = sum(len(labels.rows) for labels in lists)
    print(f"{output}: {len(characters)} characters of {rows} labels; {_classes(characters)}")
    _print(rare_lines(rare, min_count, rows_with(lists, rare)))
    _print(nfc_lines(lists, usage, nfc), look_alike_lines(characters, usage))


def diff_command(old: str, new: str, labels: list[str] | None = None, exit_code: bool = False) -> None:
    """Say how two dictionaries differ and what the change costs.

    Args:
        old, new: a dictionary file, a dataset folder, or weights (`starter:NAME`, .safetensors, .pdparams).
        labels: list files and dataset folders whose rows are looked through for characters that `new` lacks.
        exit_code: fail when the dictionaries differ.

    Raises:
        DataError: a dictionary or a list cannot be read; or `exit_code` is set and the dictionaries differ.
        UsageError: weights without a dictionary.
    """
    change = difference(_dictionary_of(old), _dictionary_of(new))
    for name, path, characters in (("A", old, change.old), ("B", new, change.new)):
        print(f"{name}: {path}: {len(characters)} characters, {_classes(characters)}")
    _print(change_lines(change))
    _print(["cost for weights that were trained with A:", *(f"  {line}" for line in cost_lines(change))])
    if labels:
        _print(_unlearnable(label_lists(labels), change.new))
    if exit_code and not change.equal:
        raise DataError(f"{old} and {new} differ")


def extend_command(
    dictionary: str,
    sources: list[str],
    output: str,
    order: str = "code_point",
    nfc: bool = False,
    force: bool = False,
) -> None:
    """Write a dictionary with the characters of the labels that it lacks at its end, and say what that costs.

    Args:
        dictionary: a dictionary file, a dataset folder, or weights, as for `diff_command`.
        sources, output, order, nfc, force: as for `build_command`; `order` is that of the new characters.

    Raises:
        UsageError, DataError, OutsideError: as `build_command`; the dictionary cannot be read.
    """
    refuse_existing(output, force)
    known = _dictionary_of(dictionary)
    lists = _labels(sources, nfc)
    usage = usage_of(lists)
    added = extension(known, usage, order)
    characters = [*known, *added]
    _write(output, characters)
    print(f"{output}: {len(known)} characters of {dictionary} + {len(added)} new ones; {_classes(characters)}")
    _print(added_lines(added, usage, first_class=len(known) + 1))
    _print(["cost for weights that were trained with the old dictionary:"])
    _print([f"  {line}" for line in cost_lines(difference(known, characters))])
    _print(nfc_lines(lists, usage, nfc), look_alike_lines(characters, usage, only=added))


def refuse_existing(output: str, force: bool) -> None:
    """Raise UsageError when `output` is a folder, or exists and is not to be replaced."""
    if Path(output).is_dir():
        raise UsageError(f"{output} is a folder", fix=f"-o {Path(output, DICT_NAME)}")
    if Path(output).exists() and not force:
        raise UsageError(f"{output} exists already", fix="name another file, or replace it: --force")


def _labels(sources: list[str], nfc: bool) -> list[LabelList]:
    if not sources:
        raise UsageError("no labels to take characters from", fix="name list files or dataset folders")
    lists = label_lists(sources)
    return in_nfc(lists) if nfc else lists


def _dictionary_of(path: str) -> list[str]:
    """The characters of a dictionary file, of a dataset's dict.txt, or that weights were trained with."""
    if Path(path).is_dir():
        return read_dictionary(dataset_root(Path(path)) / DICT_NAME)
    if not (path.startswith("starter:") or Path(path).suffix in (".safetensors", ".pdparams")):
        return read_dictionary(Path(path))
    from ocrflow.nets.weights import read_weights

    characters = read_weights(path).dictionary
    if characters is None:
        raise UsageError(f"{path}: its dictionary is not known", fix="put it beside the weights as label_dict.txt")
    return characters


def _write(output: str, characters: Sequence[str]) -> None:
    write_text(Path(output), "".join(f"{char}\n" for char in characters))


def _classes(characters: Sequence[str]) -> str:
    return f"{num_classes(characters)} classes with blank and space"


def _unlearnable(lists: Sequence[LabelList], known: Collection[str]) -> list[str]:
    """Which labels hold characters that the dictionary lacks."""
    usage: dict[str, Usage] = usage_of(lists)
    lacking = {char: found for char, found in usage.items() if char not in known and char != SPACE}
    if not lacking:
        return ["labels: B has every character of them"]
    entries = [f"{named(char)} {found.times}x in {found.rows} rows" for char, found in lacking.items()]
    return [
        f"labels with characters that B lacks cannot be learnt: {rows_line(rows_with(lists, lacking))}",
        f"  {cut(entries)}",
    ]


def _print(*blocks: Sequence[str]) -> None:
    for block in blocks:
        for line in block:
            print(line)
