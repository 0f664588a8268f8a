"""What is kept of a training, without training."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import paddle
import pytest

from ocrflow.errors import OcrflowError
from ocrflow.training import checkpoint
from ocrflow.training.keeper import Keeper
from ocrflow.training.state import State


class Bench:
    """A keeper whose network is one number, and whose exports are that number in a file."""

    def __init__(self, output: Path):
        self.net = paddle.nn.Linear(1, 1)
        self.output = output
        task = SimpleNamespace(export=self._export, facts=lambda: {"base_width": 96})
        self.keeper = Keeper(task, self.net, paddle.optimizer.Adam(parameters=self.net.parameters()), output)

    def _export(self, net, folder):
        folder.mkdir(exist_ok=True)
        (folder / "value").write_text(str(int(net.weight)), encoding="utf-8")

    def epoch(self, epoch: int, acc: float, best: dict, is_due: bool = True) -> State:
        """Finish an epoch: the network's number becomes the epoch's."""
        self.becomes(epoch)
        last = {"epoch": epoch, "acc": acc}
        state = State(epoch, epoch, {}, best or last, last)
        self.keeper.save(state, is_best=not best, is_due=is_due)
        return state

    def becomes(self, value: int) -> None:
        self.net.weight.set_value(np.array([[value]], np.float32))

    def exported(self, name: str) -> int:
        return int((self.output / name / "inference" / "value").read_text())


def test_finished(tmp_path):
    bench = Bench(tmp_path)
    best = bench.epoch(1, 0.9, {}).best
    bench.epoch(2, 0.5, best)
    bench.keeper.finish()
    assert (bench.exported("best_accuracy"), bench.exported("latest")) == (1, 2)


@pytest.mark.parametrize(
    ("kept", "complete", "holds", "exported"),
    [
        (True, False, "epoch 2", 2),  # the broken epoch is dropped
        (True, True, "epoch 2", 2),
        (False, True, "epoch 3", 3),
        (False, False, "the weights of this moment", 3),
    ],
)
def test_stopped(tmp_path, kept, complete, holds, exported):
    bench = Bench(tmp_path)
    state = bench.epoch(2, 0.5, {}) if kept else State(3)
    bench.becomes(state.epoch if complete else 3)
    assert bench.keeper.stop(state, complete) == holds
    assert bench.exported("latest") == exported


def resumed(path: Path, output: Path) -> tuple[Bench, State]:
    bench = Bench(output)
    with paddle.utils.unique_name.guard():
        state = State.of(checkpoint.restore(str(path), bench.net, bench.keeper.optimizer), str(path), 1)
    bench.keeper.adopt(state, str(path))
    return bench, state


def test_going_on_in_the_same_folder(tmp_path):
    first = Bench(tmp_path)
    best = first.epoch(1, 0.9, {}).best
    first.epoch(2, 0.5, best)
    second, state = resumed(tmp_path / "latest" / "latest.pdparams", tmp_path)
    assert (state.best, second.keeper.kept_epoch) == (best, 2)
    second.keeper.finish()
    assert (second.exported("best_accuracy"), second.exported("latest")) == (1, 2)


def test_going_on_elsewhere_takes_the_restored_epoch_for_the_best(tmp_path):
    first = Bench(tmp_path / "old")
    first.epoch(2, 0.5, first.epoch(1, 0.9, {}).best)
    second, state = resumed(tmp_path / "old" / "latest" / "latest.pdparams", tmp_path / "new")
    assert state.best == state.last == {"epoch": 2, "acc": 0.5}
    second.keeper.finish()
    assert (second.exported("best_accuracy"), second.exported("latest")) == (2, 2)
    _, again = resumed(tmp_path / "new" / "latest" / "latest.pdparams", tmp_path / "new")
    assert again == state


def test_an_epoch_that_was_not_evaluated_is_not_the_best(tmp_path):
    first = Bench(tmp_path / "old")
    first.becomes(3)
    last = {"epoch": 2, "acc": 0.5}
    first.keeper.save(State(3, 3, {}, last, last), is_best=False, is_due=True)
    _, state = resumed(tmp_path / "old" / "latest" / "latest.pdparams", tmp_path / "new")
    assert state.best == {}
    assert not (tmp_path / "new" / "best_accuracy").exists()


def test_a_folder_that_was_removed_meanwhile(tmp_path):
    bench = Bench(tmp_path)
    with pytest.raises(OcrflowError, match=r"latest\.pdparams is not there any more"):
        bench.keeper.finish()
