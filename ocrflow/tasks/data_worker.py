"""A process that makes what a training needs: this side starts it and asks, `data_worker_main.py` is what it runs.

Nothing here knows what is made: a recipe has `make(job)`, a job has a `name`, and both can be pickled.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from ocrflow.errors import OutsideError

PIPE_BYTES = 2**20
END_S = 5.0  # how long a process that has closed its pipe may take to end
_COMMAND = (sys.executable, "-m", "ocrflow.tasks.data_worker_main")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class DataWorker:
    """One process. It works on one list of jobs at a time, and sends each result as soon as it is made."""

    def __init__(self, recipe: Any):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(_COMMAND, stdin=pipe, stdout=pipe, env=os.environ | _ONE_THREAD)
        assert self.process.stdin and self.process.stdout
        self.questions, self.answers = self.process.stdin, self.process.stdout
        self.asked: Sequence[Any] = ()
        _widen(self.answers.fileno())
        self._send(recipe)

    def ask(self, jobs: Sequence[Any]) -> None:
        """Give it the next jobs; the answers to the last ones must have been taken.

        Raises:
            OutsideError: the process is gone.
        """
        self.asked = jobs
        self._send(jobs)

    def answer(self) -> Any:
        """The result of the next job.

        Raises:
            DataError: what the process met while it made it.
            OutsideError: the process is gone.
        """
        try:
            answer = pickle.load(self.answers)
        except (EOFError, pickle.UnpicklingError):
            raise self._gone() from None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def end(self) -> None:
        """Kill the process."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.questions, self.answers):
            with contextlib.suppress(OSError):
                pipe.close()

    def _send(self, message: Any) -> None:
        try:
            self.questions.write(pickle.dumps(message))
            self.questions.flush()
        except BrokenPipeError:
            raise self._gone() from None

    def _gone(self) -> OutsideError:
        code = self.process.wait(END_S)
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        where = f", while it worked on {self.asked[0].name} to {self.asked[-1].name}" if self.asked else ""
        fix = "free memory, or do without such processes: -o Train.num_workers=0"
        return OutsideError(f"a process that makes training images was ended by {how}{where}", fix=fix)


def _widen(pipe: int) -> None:
    """Make room for some results in the pipe, where the system allows it."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
