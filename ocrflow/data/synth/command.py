"""`ocrflow data synth`."""

from __future__ import annotations

from pathlib import Path

from ocrflow.data.synth import synthesize
from ocrflow.data.synth.styles import DEFAULT_STYLE, style_named
from ocrflow.errors import UsageError
from ocrflow.progress import track


def synth(directory: str, task: str, style: str | None, num_samples: int, seed: int, val_percent: int) -> None:
    """Generate a dataset into `directory` with a progress display, and say what it holds.

    Raises:
        UsageError: the style is one of another task, or what `synthesize` refuses.
    """
    style = style or DEFAULT_STYLE[task]
    if style_named(style).task != task:
        message = f"--style {style} makes pictures for {style_named(style).task}, asked for is {task}"
        raise UsageError(message, fix=f"--task {style_named(style).task}, or --style {DEFAULT_STYLE[task]}")
    with track("synth", num_samples) as advance:
        done = 0

        def progress(count: int) -> None:
            nonlocal done
            advance(count - done)
            done = count

        result = synthesize(
            Path(directory), style=style, num_samples=num_samples, seed=seed, val_percent=val_percent, progress=progress
        )
    rows = f"{result.train_rows} train + {result.val_rows} val rows"
    rows += f", {result.num_characters} characters" if result.num_characters else ""
    print(f"{directory}: {rows} (style {style}, seed {seed})")
