"""Which modules of the package a file needs, found by reading the import statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import ocrflow

PACKAGE = Path(ocrflow.__file__).parent


def needed_modules(file: Path) -> set[Path]:
    """The package's files that `file` imports, directly or through others, also inside functions; `file` excluded."""
    needed: set[Path] = set()
    waiting = [file]
    while waiting:
        new = {path for name in _imported(waiting.pop()) for path in _files_of(name)} - needed
        needed |= new
        waiting += new
    return needed


def _imported(file: Path) -> Iterator[str]:
    """Dotted names of what may be modules: `from a import b` gives a and a.b."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files_of(name: str) -> list[Path]:
    """The files that importing the dotted name runs: the `__init__` of each package on the way, and the module."""
    first, *rest = name.split(".")
    if first != PACKAGE.name:
        return []
    steps = [PACKAGE.joinpath(*rest[:count]) for count in range(len(rest) + 1)]
    candidates = [*(step / "__init__.py" for step in steps), steps[-1].with_suffix(".py")]
    return [path for path in candidates if path.is_file()]
