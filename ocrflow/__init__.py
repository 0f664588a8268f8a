"""ocrflow: fine-tune OCR models so that every result can be repeated, compared and shipped.

`load_model` and `load_pipeline` run the results from Python; they are imported when they are first asked for.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "load_model", "load_pipeline"]

_HOME = {"load_model": "ocrflow.inference.load", "load_pipeline": "ocrflow.inference.load"}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
