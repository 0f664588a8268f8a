"""Signals end a training between two steps."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from ocrflow.training.stop import stop_on_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_sets_the_flag(number):
    with stop_on_signals() as stop:
        assert not stop.is_set
        os.kill(os.getpid(), number)
        assert stop.is_set


def test_second_ctrl_c_ends_at_once():
    with pytest.raises(KeyboardInterrupt), stop_on_signals():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)


def test_terminal_and_parent_may_both_tell():
    """Ctrl-C reaches every process of the terminal, and the launcher passes it on as SIGTERM."""
    with stop_on_signals() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.is_set


def test_handlers_are_put_back():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(ValueError, match="inside"), stop_on_signals():
        assert signal.getsignal(signal.SIGINT) != before[0]
        raise ValueError("inside")
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_in_another_thread_the_flag_stays_unset():
    flags = []

    def work():
        with stop_on_signals() as stop:
            flags.append(stop.is_set)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert flags == [False]
