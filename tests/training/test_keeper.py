"""What is kept of a training, without training."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import paddle

from ocrflow.nets.weights import read_weights
from ocrflow.training import checkpoint
from ocrflow.training.find import marked_run
from ocrflow.training.folders import fault_of
from ocrflow.training.keeper import Keeper
from ocrflow.training.restoring import read_record, restore
from ocrflow.training.state import State


class Kept:
    """A keeper whose network is one number, which is the step's."""

    def __init__(self, output: Path, run: str = "a", keep_last: int = 1):
        with paddle.utils.unique_name.guard():
            self.output, self.net = output, paddle.nn.Linear(1, 1)
        self.state = State(run=run)
        optimizer = paddle.optimizer.Adam(parameters=self.net.parameters())
        task = SimpleNamespace(main_metric="acc")
        self.keeper = Keeper(task, self.net, optimizer, None, output, {"facts": {"base_width": 96}}, keep_last)

    def epoch(self, acc: float | None, is_periodic: bool = True) -> Kept:
        """Finish an epoch with this score, or without an evaluation."""
        state = self.state
        state.step += 10
        state.begin_next_epoch()
        self.net.weight.set_value(np.array([[state.step]], np.float32))
        is_best = False
        if acc is not None:
            state.last = {"epoch": state.epoch, "step": state.step, "acc": acc}
            is_best = acc >= state.best.get("acc", 0)
            state.best = state.last if is_best else state.best
        self.keeper.save(state, None, is_there=False, is_best=is_best, is_periodic=is_periodic)
        return self

    def names(self) -> list[str]:
        return sorted(path.name for path in self.output.iterdir())


def held(output: Path, name: str) -> int:
    return int(read_weights(str(output / name / f"{name}.pdparams")).tensors["weight"])


def resumed(path: Path, output: Path, **settings) -> Kept:
    """A new process that goes on from a checkpoint."""
    kept = Kept(output, **settings)
    record = read_record(str(path))
    kept.state = State.of(record, str(path), 10, same_batches=True)
    kept.keeper.former_run, kept.keeper.names = kept.state.run, record["names"]
    with paddle.utils.unique_name.guard():
        kept.keeper.restored = restore(str(path), kept.net, kept.keeper.optimizer).moments
    kept.state.run = kept.state.run if kept.keeper.is_latest(str(path)) else "new"
    kept.keeper.begin(kept.state, str(path))
    return kept


def test_names_and_numbers(tmp_path):
    kept = Kept(tmp_path, keep_last=2)
    kept.keeper.begin(kept.state, None)
    for acc in (0.3, 0.9, 0.5, 0.4):
        kept.epoch(acc)
    assert kept.names() == ["best_accuracy", "iter_epoch_3", "iter_epoch_4", "latest", "train"]
    assert [held(tmp_path, name) for name in ("best_accuracy", "iter_epoch_3", "latest")] == [20, 30, 40]
    assert kept.keeper.best() == {"epoch": 2, "step": 20, "acc": 0.9}
    assert marked_run(tmp_path) == "a"


def test_what_damages_one_leaves_the_others_whole(tmp_path):
    Kept(tmp_path).epoch(0.5)
    (tmp_path / "latest" / "latest.pdparams").write_bytes(b"x")
    assert fault_of(tmp_path / "latest")
    assert not fault_of(tmp_path / "best_accuracy") and not fault_of(tmp_path / "iter_epoch_1")


def test_what_is_there_is_not_written_again(tmp_path):
    kept = Kept(tmp_path).epoch(None)
    before = (tmp_path / "latest" / "latest.pdparams").stat().st_ino
    kept.state.seconds = 99.0
    kept.keeper.save(kept.state, None, is_there=True, is_best=True, is_periodic=False)
    assert (tmp_path / "latest" / "latest.pdparams").stat().st_ino == before
    assert checkpoint.info(tmp_path, "latest")["seconds"] == checkpoint.info(tmp_path, "best_accuracy")["seconds"] == 99


def test_going_on_in_the_same_folder(tmp_path):
    Kept(tmp_path).epoch(0.9).epoch(0.5)
    kept = resumed(tmp_path / "latest" / "latest.pdparams", tmp_path)
    assert kept.state.best == {"epoch": 1, "step": 10, "acc": 0.9} and kept.state.run == "a"
    assert (held(tmp_path, "best_accuracy"), held(tmp_path, "latest")) == (10, 20)


def test_going_on_elsewhere_takes_the_restored_moment_for_the_best(tmp_path):
    Kept(tmp_path / "old").epoch(0.9).epoch(0.5)
    kept = resumed(tmp_path / "old" / "latest" / "latest.pdparams", tmp_path / "new")
    assert kept.state.best == kept.state.last == {"epoch": 2, "step": 20, "acc": 0.5}
    assert (held(tmp_path / "new", "best_accuracy"), held(tmp_path / "new", "latest")) == (20, 20)
    assert kept.names() == ["best_accuracy", "iter_epoch_2", "latest", "train"]
    again = resumed(tmp_path / "new" / "latest" / "latest.pdparams", tmp_path / "new")
    assert again.state == kept.state


def test_a_moment_that_was_not_evaluated_is_not_the_best(tmp_path):
    Kept(tmp_path / "old").epoch(0.9).epoch(None)
    kept = resumed(tmp_path / "old" / "latest" / "latest.pdparams", tmp_path / "new")
    assert kept.state.best == {}
    assert "best_accuracy" not in kept.names()


def test_killed_before_the_other_names_were_given(tmp_path):
    kept = Kept(tmp_path).epoch(0.3).epoch(0.5)
    for name in ("best_accuracy", "iter_epoch_2"):
        checkpoint.copy(str(tmp_path / "latest" / "latest"), tmp_path / "away", name, {})
        (tmp_path / name).rename(tmp_path / "away" / f"{name}.gone")
    kept = resumed(tmp_path / "latest" / "latest.pdparams", tmp_path)
    assert kept.keeper.best()["step"] == 20 and held(tmp_path, "best_accuracy") == held(tmp_path, "iter_epoch_2") == 20


def test_killed_before_old_ones_were_removed(tmp_path):
    kept = Kept(tmp_path, keep_last=9).epoch(0.3).epoch(0.5).epoch(0.1)
    resumed(tmp_path / "latest" / "latest.pdparams", tmp_path, keep_last=2)
    assert kept.names() == ["best_accuracy", "iter_epoch_2", "iter_epoch_3", "latest", "train"]


def test_back_to_an_earlier_epoch_is_another_training(tmp_path):
    """So `auto` does not go on from the epochs that were given up, nor are they counted."""
    Kept(tmp_path, keep_last=9).epoch(0.3).epoch(0.5).epoch(0.7)
    kept = resumed(tmp_path / "iter_epoch_2" / "iter_epoch_2.pdparams", tmp_path, keep_last=2)
    assert (kept.state.run, marked_run(tmp_path)) == ("new", "new")
    assert held(tmp_path, "latest") == 20 and checkpoint.info(tmp_path, "latest")["run"] == "new"
    assert kept.keeper.best()["acc"] == 0.7  # as it is better; the next one as good as 0.5 takes its place
    assert checkpoint.info(tmp_path, "best_accuracy")["run"] == "new"
    kept.epoch(0.6)
    assert kept.keeper.best() == {"epoch": 3, "step": 30, "acc": 0.6}
    assert [name for name in kept.names() if name.startswith("iter")] == ["iter_epoch_3"]


def test_the_best_of_another_training_in_the_folder_is_not_taken_over(tmp_path):
    Kept(tmp_path / "new", run="other").epoch(0.5)
    Kept(tmp_path / "old").epoch(0.5)
    kept = resumed(tmp_path / "old" / "latest" / "latest.pdparams", tmp_path / "new")
    assert kept.keeper.best() == kept.state.best
    assert checkpoint.info(tmp_path / "new", "best_accuracy")["run"] == "new"


def test_a_damaged_best_is_replaced_by_the_moment_if_it_is_the_best(tmp_path):
    Kept(tmp_path).epoch(0.3).epoch(0.5)
    (tmp_path / "best_accuracy" / "best_accuracy.pdopt").write_bytes(b"x")
    resumed(tmp_path / "latest" / "latest.pdparams", tmp_path)
    assert fault_of(tmp_path / "best_accuracy") == "" and held(tmp_path, "best_accuracy") == 20


def test_an_optimizer_that_did_no_step_yet_is_saved_as_it_was_restored(tmp_path):
    """Paddle hands its state out only after a step."""
    kept = Kept(tmp_path)
    with paddle.utils.unique_name.guard():
        (kept.net(paddle.ones([1, 1])) ** 2).sum().backward()
        kept.keeper.optimizer.step()
    kept.epoch(0.5)
    again = resumed(tmp_path / "latest" / "latest.pdparams", tmp_path)
    again.keeper.save(again.state, None, is_there=False, is_best=False, is_periodic=False)
    restored = restore(str(tmp_path / "latest" / "latest"), again.net, again.keeper.optimizer).moments
    assert any(name.endswith("moment1_0") and array.any() for name, array in restored.items())
