"""A training process does not outlive the command that started it."""

from __future__ import annotations

import os
import threading
import time

STARTED_BY = "OCRFLOW_STARTED_BY"
POLL_S = 1.0


def end_with_parent() -> None:
    """End this process when the one that started it is gone, instead of waiting for its peers for ever.

    That is its parent, and the process that the environment names where a launcher is in between.
    """
    parent, command = os.getppid(), int(os.environ.get(STARTED_BY, "0"))

    def watch() -> None:
        while os.getppid() == parent and (not command or _is_running(command)):
            time.sleep(POLL_S)
        os._exit(3)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
