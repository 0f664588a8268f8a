"""`ocrflow data synth`."""

from __future__ import annotations

from pathlib import Path

from ocrflow.data.synth import synthesize
from ocrflow.progress import track


def synth(directory: str, style: str, num_samples: int, seed: int, val_percent: int) -> None:
    """Generate a dataset into `directory` with a progress display, and say what it holds."""
    with track("synth", num_samples) as advance:
        done = 0

        def progress(count: int) -> None:
            nonlocal done
            advance(count - done)
            done = count

        result = synthesize(
            Path(directory), style=style, num_samples=num_samples, seed=seed, val_percent=val_percent, progress=progress
        )
    rows = f"{result.train_rows} train + {result.val_rows} val rows, {result.num_characters} characters"
    print(f"{directory}: {rows} (style {style}, seed {seed})")
