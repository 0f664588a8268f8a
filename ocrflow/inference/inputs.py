"""What is to be read, as a user names it: files, folders, globs, lists, PDFs, URLs, arrays, or several of these."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from ocrflow.data.faults import refuse_errors
from ocrflow.data.images import SUFFIXES
from ocrflow.data.lines import scan_lines
from ocrflow.data.root import find_root
from ocrflow.errors import UsageError
from ocrflow.inference.sources import ArraySource, FileSource, Source, UrlSource
from ocrflow.inference.urls import is_url

HOW = "name an image, a PDF, a folder, a glob in quotes, or a list such as val.txt"
SEARCHED = SUFFIXES | {".pdf"}  # in a folder; a file that is named may have any suffix
Input = str | Path | np.ndarray


def sources_of(
    inputs: Input | Iterable[Input], *, allow_urls: bool = False, dataset_dir: Path | None = None
) -> Iterator[Source]:
    """The images behind `inputs`, in the order of lists and else by name; taken as they are needed.

    Args:
        inputs: one input or any number of them, also from a generator.
        allow_urls: whether addresses are fetched.
        dataset_dir: where images of a list are that are not beside it.

    Raises:
        UsageError: an input is of another type, is an address that may not be fetched, or has no image in it.
        DataError: a list is not UTF-8.
    """
    if isinstance(inputs, str | Path | np.ndarray):
        inputs = [inputs]
    for index, item in enumerate(inputs):
        if isinstance(item, np.ndarray):
            yield ArraySource(item, f"array[{index}]")
        elif isinstance(item, str | Path):
            yield from named_sources(item, allow_urls, dataset_dir)
        else:
            raise UsageError(f"input {index}: expected a path, a URL or an array, got {type(item).__name__}", fix=HOW)


def named_sources(name: str | Path, allow_urls: bool = False, dataset_dir: Path | None = None) -> list[Source]:
    """The images that a path, a glob or an address means; see `sources_of`."""
    if isinstance(name, str) and (is_url(name) or "://" in name):
        return [_address(name, allow_urls)]
    path = Path(name)
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.suffix.lower() in SEARCHED and file.is_file())
    elif path.is_file():
        if path.suffix.lower() == ".txt":
            return _listed(path, allow_urls, dataset_dir)
        found = [path]
    else:
        matches = glob.glob(str(name), recursive=True)  # noqa: PTH207 - Path.glob raises for some patterns
        found = sorted(file for match in matches if (file := Path(match)).is_file())
    if not found:
        raise UsageError(f"{name}: no such file, or no images in it", fix=HOW)
    return [FileSource(file) for file in found]


def _address(url: str, allow_urls: bool) -> UrlSource:
    if not is_url(url):
        raise UsageError(f"{url}: expected an address that begins with http:// or https://", fix=HOW)
    if not allow_urls:
        raise UsageError(
            f"{url} is a URL, which is fetched only when that is allowed",
            fix="-o Predict.allow_urls=true (in Python allow_urls=True), or download it first",
        )
    return UrlSource(url)


def _listed(list_file: Path, allow_urls: bool, dataset_dir: Path | None) -> list[Source]:
    """The images of a list: one a line up to a tab; paths are relative to the list or else to the dataset."""
    lines, faults = scan_lines(list_file, "list")
    refuse_errors(faults)
    names = [name for _, line in lines if (name := line.split("\t")[0].strip())]
    if not names:
        raise UsageError(f"{list_file}: no images in it", fix=HOW)
    root = (find_root(dataset_dir)[0] or dataset_dir) if dataset_dir else list_file.parent
    return [_of_list(name, list_file.parent, root, allow_urls) for name in names]


def _of_list(name: str, beside: Path, root: Path, allow_urls: bool) -> Source:
    if is_url(name):
        return _address(name, allow_urls)
    return FileSource(beside / name if (beside / name).exists() else root / name)
