"""Recognition as the training loop sees it."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import numpy as np
import paddle
import pytest

from ocrflow.data.lists import lists_of
from ocrflow.errors import DataError
from ocrflow.inference.ctc_decode import CtcCodec
from ocrflow.tasks.text_recognition import guide
from ocrflow.tasks.text_recognition.metric import score
from ocrflow.tasks.text_recognition.training import RecognitionTask
from ocrflow.training.ranks import Ranks


def task_of(config, processes: int = 1) -> RecognitionTask:
    return RecognitionTask(config, lists_of(config), processes)


@pytest.fixture
def task(train_config, tmp_path):
    return task_of(train_config(tmp_path / "output", augment=0.5))


@pytest.fixture
def own_plates(plates, tmp_path):
    """A copy of the dataset that a test may spoil."""
    return shutil.copytree(plates, tmp_path / "data")


def ctc_loss(logits_TK: np.ndarray, classes: list[int]) -> float:
    """The forward algorithm of Graves et al. (2006), straight from its definition."""
    log_probs = logits_TK - np.log(np.exp(logits_TK).sum(axis=-1, keepdims=True))
    path = [0, *(value for cls in classes for value in (cls, 0))]
    alpha = np.full(len(path), -np.inf)
    alpha[:2] = log_probs[0, path[:2]]
    for step in log_probs[1:]:
        new = np.full(len(path), -np.inf)
        for i, cls in enumerate(path):
            before = [alpha[i], alpha[i - 1] if i else -np.inf]
            if i > 1 and cls and cls != path[i - 2]:
                before.append(alpha[i - 2])
            new[i] = np.logaddexp.reduce(before) + step[cls]
        alpha = new
    return -np.logaddexp(alpha[-1], alpha[-2])


def test_loss_is_the_mean_ctc_loss_of_a_row(task):
    rng = np.random.default_rng(0)
    (batch, *_) = task.batches(task.plan(1), 1, Ranks())
    logits_NTK = rng.standard_normal((len(batch.lengths_B), 20, task.codec.num_classes)).astype(np.float32)
    loss = float(task.loss(lambda images: paddle.to_tensor(logits_NTK), batch, Ranks()))
    labels = [row[:length].tolist() for row, length in zip(batch.labels_BL, batch.lengths_B, strict=True)]
    expected = np.mean([ctc_loss(logits, classes) for logits, classes in zip(logits_NTK, labels, strict=True)])
    assert loss == pytest.approx(expected, rel=1e-5)


def test_mean_over_the_processes_is_the_loss_of_the_whole_batch(task):
    """Also when their parts differ in size: 3 of 5 rows weigh more than 2 of 5."""
    plan = [[sample for batch in task.plan(1) for sample in batch][:5]]
    net, _ = task.build()
    net.eval()  # each row by itself, whatever is beside it

    def logits(images):
        padded = np.zeros((*images.shape[:3], 320), np.float32)  # parts may be padded to different widths
        padded[..., : images.shape[3]] = images.numpy()
        return paddle.log(net(paddle.to_tensor(padded)))

    (whole,) = task.batches(plan, 1, Ranks())
    parts = [next(task.batches(plan, 1, Ranks(rank, 2))) for rank in range(2)]
    assert [len(part.lengths_B) for part in parts] == [3, 2]
    losses = [float(task.loss(logits, part, Ranks(rank, 2))) for rank, part in enumerate(parts)]
    assert np.mean(losses) == pytest.approx(float(task.loss(logits, whole, Ranks())), rel=1e-5)


@pytest.fixture
def guided(train_config, tmp_path):
    return task_of(train_config(tmp_path / "output", augment=0.5, guide=True))


def test_guide_adds_the_branch_and_its_loss(task, guided):
    """CTC's mean over the rows and the branch's over the characters, each with weight 1."""
    net, _ = guided.build()
    names = set(net.state_dict())
    assert names > set(task.build()[0].state_dict())
    (batch, *_) = guided.batches(guided.plan(1), 1, Ranks())
    net.eval()  # the same features for both calls, and no dropout
    net.head.ctc_head.training = True
    losses = []
    both = guided.loss(lambda images, targets: losses.append(net(images, targets)) or losses[0], batch, Ranks())
    alone = task.loss(lambda images: losses[0][0], batch, Ranks())
    targets = guide.targets_of(batch)
    added = float(guide.summed_loss(losses[0][1], targets)) / (targets[:, 1:] != 0).sum()
    assert 1 < added < 20
    assert float(both) == pytest.approx(float(alone) + added, rel=1e-5)


def test_mean_over_the_processes_is_the_guided_loss_of_the_whole_batch(guided):
    plan = [[sample for batch in guided.plan(1) for sample in batch][:5]]
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((40, guided.codec.num_classes + 4)).astype(np.float32)

    def logits(images, targets):
        """Of the images' and the targets' content alone, whatever is beside them and however they are padded."""
        ctc = np.sin(np.arange(40)[None, :, None] + images.numpy().sum(axis=(1, 2, 3))[:, None, None]) * weights[:, :-4]
        gtc = np.cos(np.arange(targets.shape[1] - 1)[None, :, None] + weights[targets.numpy()[:, :-1]])
        return paddle.to_tensor(ctc.astype(np.float32)), paddle.to_tensor(gtc.astype(np.float32))

    (whole,) = guided.batches(plan, 1, Ranks())
    parts = [next(guided.batches(plan, 1, Ranks(rank, 2))) for rank in range(2)]
    losses = [float(guided.loss(logits, part, Ranks(rank, 2))) for rank, part in enumerate(parts)]
    assert np.mean(losses) == pytest.approx(float(guided.loss(logits, whole, Ranks())), rel=1e-5)


def test_guided_training_moves_every_weight(guided):
    net, _ = guided.build()
    net.train()
    (batch, *_) = guided.batches(guided.plan(1), 1, Ranks())
    guided.loss(net, batch, Ranks()).backward()
    still = [name for name, weight in net.named_parameters() if not weight.stop_gradient and weight.grad is None]
    assert not still


def test_long_labels_train_the_ctc_head_alone_and_that_is_said(train_config, own_plates, tmp_path):
    lines = (own_plates / "train.txt").read_text("utf-8").splitlines()
    lines[3] = lines[3].split("\t")[0] + "\t" + "AB" * 13
    (own_plates / "train.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = "1 labels of more than 25 characters train the CTC head alone"
    assert said in task_of(train_config(tmp_path / "output", own_plates, guide=True)).build()[1]["lines"]
    assert said not in task_of(train_config(tmp_path / "output", own_plates)).build()[1]["lines"]


def test_plan_is_the_same_in_every_process_and_of_one_length(train_config, tmp_path):
    config = train_config(tmp_path / "output", batch_size=3)
    tasks = [task_of(config, processes=2) for _ in range(2)]
    plans = [[[sample.index for sample in batch] for batch in task.plan(4)] for task in tasks]
    assert plans[0] == plans[1]
    assert len({len(tasks[0].plan(epoch)) for epoch in range(1, 20)}) == 1
    assert [[sample.index for sample in batch] for batch in tasks[0].plan(5)] != plans[0]


def test_batches_repeat_and_differ_by_epoch(task):
    images = [[batch.images_B3HW for batch in task.batches(task.plan(1), epoch, Ranks())] for epoch in (1, 1, 2)]
    assert all(np.array_equal(a, b) for a, b in zip(images[0], images[1], strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(images[0], images[2], strict=True))


@pytest.fixture
def reader(task, make_outputs_vary):
    net, _ = task.build()
    make_outputs_vary(net)
    return net


def test_evaluation_is_that_of_the_exported_model(task, reader, tmp_path):
    from ocrflow.inference.recognizer import Recognizer

    metrics = task.evaluate(reader, Ranks())
    task.export(reader, tmp_path / "inference")
    recognizer = Recognizer(tmp_path / "inference")
    assert recognizer.info.base_width == task.base_width == task.facts()["base_width"]
    rows = task.lists.val
    readings = recognizer.predict_files([task.lists.root / row.image for row in rows])
    expected = score((row.text, reading.text) for row, reading in zip(rows, readings, strict=True))
    assert 0 < expected.norm_edit_dis < 1
    assert metrics == {"acc": expected.acc, "norm_edit_dis": pytest.approx(expected.norm_edit_dis)}


class Sent(Exception):
    """A process has read its rows."""


def test_each_row_is_scored_once_over_all_ranks(task, reader):
    parts: list[dict[int, str]] = []

    def gather(mine):
        parts.append(mine)
        raise Sent

    for rank in range(4):
        with pytest.raises(Sent):
            task.evaluate(reader, SimpleNamespace(rank=rank, count=4, gather=gather))
    assert sorted(index for part in parts for index in part) == list(range(len(task.lists.val)))
    ranks = SimpleNamespace(rank=0, count=4, gather=lambda mine: parts)
    assert task.evaluate(reader, ranks) == task.evaluate(reader, Ranks())


def test_starting_weights_are_reported(train_config, tmp_path, task):
    assert task.build()[1] == {"source": None, "lines": ["random weights"]}
    from ocrflow import nets
    from ocrflow.nets.weights import save_safetensors

    other = [*"0123456789", "ß"]
    net = nets.build("PP-OCRv6_tiny_rec", len(other) + 2, training_branches=False)
    tensors = {name: tensor.numpy() for name, tensor in net.state_dict().items()}
    save_safetensors(tmp_path / "start.safetensors", tensors, other, {})
    config = train_config(tmp_path / "output", pretrain_weight_path=str(tmp_path / "start.safetensors"))
    started, report = task_of(config).build()
    assert (report["loaded"], report["total"], report["reinitialised"]) == (len(tensors), len(tensors), [])
    carried = len(set(other) & set(task.lists.dictionary)) + 2
    assert (report["carried_classes"], report["fresh_classes"]) == (carried, task.codec.num_classes - carried)
    state = started.state_dict()
    assert np.array_equal(state["backbone.conv1.0.conv.weight"].numpy(), tensors["backbone.conv1.0.conv.weight"])
    bias, codec = state["head.ctc_head.fc2.bias"].numpy(), CtcCodec(task.lists.dictionary)
    assert bias[codec.encode("7")[0]] == tensors["head.ctc_head.fc2.bias"][1 + 7]


def test_rows_that_cannot_be_trained_on_are_refused_before_the_first_step(train_config, own_plates, tmp_path):
    lines = (own_plates / "train.txt").read_text("utf-8").splitlines()
    lines[3] = lines[3].split("\t")[0] + "\t" + "AB" * 30
    lines[7] = lines[7].split("\t")[0] + "\tA!B"
    (own_plates / "train.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        task_of(train_config(tmp_path / "output", own_plates))
    text = str(caught.value)
    assert "train.txt: 2 of 24 rows cannot be trained on" in text
    assert "train.txt:4: 'ABAB" in text and "needs 60 time steps" in text
    assert "train.txt:8: '!' (U+0021) not in dict.txt" in text


def test_a_long_label_keeps_a_wide_base(train_config, own_plates, tmp_path):
    config = train_config(tmp_path / "output", own_plates)
    assert task_of(config).base_width < 320
    lines = (own_plates / "train.txt").read_text("utf-8").splitlines()
    lines[3] = lines[3].split("\t")[0] + "\t" + "AB" * 20
    (own_plates / "train.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert task_of(config).base_width == 320


def test_a_missing_image_is_named(train_config, own_plates, tmp_path):
    name = (own_plates / "val.txt").read_text("utf-8").split("\t")[0]
    (own_plates / name).unlink()
    with pytest.raises(DataError, match=rf"{name}: no such file"):
        task_of(train_config(tmp_path / "output", own_plates))


def test_facts_are_json(task):
    assert json.loads(json.dumps(task.facts())) == {"rows_train": 24, "rows_val": 6, "base_width": task.base_width}
