"""The errors that a user can meet: one class a family, one exit code a class.

A message says what is wrong and where, what was expected and what was found, and the command that mends it.
Anything else that escapes is a defect of ocrflow and shows its traceback.
"""

from __future__ import annotations


class OcrflowError(Exception):
    """Base of all errors that are reported without a traceback.

    Attributes:
        exit_code: what the process ends with.
        fix: what the user can do, as a command where there is one; empty when nothing is known.
    """

    exit_code = 3

    def __init__(self, message: str, fix: str = ""):
        super().__init__(message)
        self.fix = fix

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message}\n  fix: {self.fix}" if self.fix else message


class DataError(OcrflowError):
    """The data, or a gate on the result, says no."""

    exit_code = 1


class UsageError(OcrflowError):
    """Wrong usage: an unknown model, key or value, or stages run in the wrong order."""

    exit_code = 2


class OutsideError(OcrflowError):
    """A part from outside failed: a device, a disk, the network, a server."""

    exit_code = 3
