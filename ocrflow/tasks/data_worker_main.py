"""What a data worker runs: reads jobs from standard input, writes results to standard output, until the input ends.

Everything is pickled. First comes the recipe, then lists of jobs; every job is answered by what the recipe makes of it,
or by the exception that this ended in. Paddle is not imported.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from typing import Any, BinaryIO

import cv2

from ocrflow.errors import OcrflowError


def main() -> None:
    """Work until the input is closed, which the end of the training does, however it ends."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the training decides what these mean
        signal.signal(number, signal.SIG_IGN)
    cv2.setNumThreads(0)
    answers = os.fdopen(os.dup(1), "wb", buffering=2**16)
    os.dup2(2, 1)  # whatever else is printed does not come between the answers
    try:
        serve(sys.stdin.buffer, answers)
    except BrokenPipeError:
        os._exit(0)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer all jobs."""
    recipe = pickle.load(questions)
    while True:
        try:
            jobs = pickle.load(questions)
        except EOFError:
            return
        for job in jobs:
            pickle.dump(_made(recipe, job), answers, protocol=5)
        answers.flush()


def _made(recipe: Any, job: Any) -> Any:
    try:
        return recipe.make(job)
    except OcrflowError as error:
        return error
    except Exception:
        return RuntimeError(f"{job.name}: {traceback.format_exc()}")


if __name__ == "__main__":
    main()
