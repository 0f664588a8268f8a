"""Keeping the libraries' start-up chatter off the terminal of a command, so that what ocrflow says is seen."""

from __future__ import annotations

import os
import warnings

NOISE = (
    "No ccache found",  # paddle, at import
    "When training, we now always track global mean",  # paddle, at the first training step
    r"\s*Non compatible API",  # paddle, for its own calls
)


def quiet_libraries() -> None:
    """Drop known warnings of Paddle and the info lines of its C++ part; must run before Paddle is imported."""
    os.environ.setdefault("GLOG_minloglevel", "2")
    os.environ.setdefault("GLOG_v", "0")
    for message in NOISE:
        warnings.filterwarnings("ignore", message=message)
