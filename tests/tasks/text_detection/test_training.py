"""Detection as the training loop sees it."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import numpy as np
import paddle
import pytest

from ocrflow.data.lists import lists_of
from ocrflow.errors import DataError, UsageError
from ocrflow.inference.det_model_dir import read_detector_dir
from ocrflow.inference.det_preprocess import normalize, resize
from ocrflow.inference.detector import Detector
from ocrflow.tasks.text_detection.loss import SETTINGS_OF_MODEL, db_loss
from ocrflow.tasks.text_detection.training import DetectionTask
from ocrflow.training.ranks import Ranks


def task_of(config, processes: int = 1) -> DetectionTask:
    return DetectionTask(config, lists_of(config), processes)


@pytest.fixture
def task(detection_config):
    return task_of(detection_config())


def test_facts(task):
    assert task.facts() == {"rows_train": 8, "rows_val": 4, "crop_size": 64, "longest_side": 160, "box_thresh": 0.4}


def test_the_score_that_boxes_need_goes_with_the_model(detection_config, tmp_path):
    task = task_of(detection_config(box_thresh=0.7))
    task.export(task.build()[0], tmp_path)
    assert task.facts()["box_thresh"] == read_detector_dir(tmp_path).boxes.box_thresh == 0.7


def test_the_size_of_the_crops_is_chosen_by_the_device(detection_config):
    assert task_of(detection_config(crop_size="auto")).crop_size == 320
    assert task_of(detection_config(crop_size=96)).crop_size == 96


def test_batches_of_all_processes_are_the_global_batches(detection_config):
    task = task_of(detection_config(), processes=2)
    plan = task.plan(1)
    assert [len(batch) for batch in plan] == [8]
    parts = [next(task.batches(plan, 1, Ranks(rank, 2))) for rank in range(2)]
    whole = next(task.batches(plan, 1, Ranks()))
    together = np.empty_like(whole.images_B3SS)
    together[0::2], together[1::2] = (part.images_B3SS for part in parts)
    assert np.array_equal(together, whole.images_B3SS)
    assert [part.global_size for part in parts] == [8, 8]
    assert task.plan(1) == plan != task.plan(2)


@pytest.mark.parametrize("guide", [False, True])
def test_the_loss_is_that_of_the_recipe(detection_config, guide):
    task = task_of(detection_config(guide=guide))
    batch = next(task.batches(task.plan(1), 1, Ranks()))
    net, _ = task.build()
    maps = []
    loss = float(
        task.loss(lambda images, auxiliary: maps.append(net(images, auxiliary=auxiliary)) or maps[0], batch, Ranks())
    )
    assert maps[0].shape[1] == (12 if guide else 3)
    settings = SETTINGS_OF_MODEL["PP-OCRv6_tiny_det"]
    truth = tuple(map(paddle.to_tensor, batch.targets))
    parts = db_loss(maps[0], truth, settings if guide else task.losses)
    assert loss == pytest.approx(float(parts["loss"]))
    assert ("loss_aux_maps_p4" in parts) is guide


def test_every_parameter_gets_a_gradient(detection_config):
    """Or several processes would wait for one another."""
    for guide in (False, True):
        task = task_of(detection_config(guide=guide))
        net, _ = task.build()
        task.loss(net, next(task.batches(task.plan(1), 1, Ranks())), Ranks()).backward()
        without = [name for name, tensor in net.named_parameters() if tensor.trainable and tensor.grad is None]
        assert not without


def test_a_few_steps_lower_the_loss(detection_config):
    task = task_of(detection_config(augment=0))
    paddle.seed(1)
    net, _ = task.build()
    optimizer = paddle.optimizer.Adam(0.003, parameters=net.parameters())
    batches = list(task.batches(task.plan(1), 1, Ranks()))
    losses = []
    for _ in range(6):
        loss = sum(task.loss(net, batch, Ranks()) for batch in batches)
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()
        losses.append(float(loss))
    assert losses[-1] < 0.9 * losses[0]


def bright_net(task):
    """Finds what is brighter than the rest of the image; rank-independent."""

    class Bright(paddle.nn.Layer):
        def forward(self, x_N3HW):
            return paddle.nn.functional.sigmoid(4 * (x_N3HW.mean(axis=1, keepdim=True) - 0.8))

    return Bright()


def test_evaluation_counts_every_validation_image_once(task, monkeypatch):
    net = bright_net(task)
    alone = task.evaluate(net, Ranks())
    assert set(alone) == {"hmean", "precision", "recall"}
    seen = []
    counted = task._counted
    monkeypatch.setattr(task, "_counted", lambda net, rows: seen.append(len(rows)) or counted(net, rows))
    parts = [task._counted(net, task.lists.val[rank::2]) for rank in range(2)]
    ranks = SimpleNamespace(rank=0, count=2, gather=lambda value: parts)
    assert task.evaluate(net, ranks) == alone
    assert seen == [2, 2, 2]


def test_evaluation_is_that_of_the_exported_model(task, tmp_path):
    """On labels that are what the network finds everything is right, at the size the exported model works at."""
    paddle.seed(5)
    net, _ = task.build()
    net.eval()
    task.export(net, tmp_path / "model")
    detector = Detector(tmp_path / "model")
    assert detector.info.longest_side == 160
    image = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    with paddle.no_grad():
        expected = net(paddle.to_tensor(normalize(resize(image, 160))[None]))[0, 0].numpy()
    assert np.abs(detector.maps([image])[0] - expected).max() < 1e-4


def test_labels_that_are_what_is_found_score_one(scenes, detection_config, exported_detector, tmp_path):
    dataset = shutil.copytree(scenes, tmp_path / "data")
    config = detection_config(dataset, longest_side=320)
    task = task_of(config)
    mean = paddle.nn.Conv2D(3, 1, 1)
    mean.weight.set_value(np.full((1, 3, 1, 1), 10 / 3, np.float32))
    mean.bias.set_value(np.array([-10], np.float32))
    net = paddle.nn.Sequential(mean, paddle.nn.Sigmoid())
    paths = [task.lists.root / row.image for row in task.lists.val]
    found = list(Detector(exported_detector).predict_files(paths))
    assert sum(map(len, found)) > 3
    lines = []
    for row, boxes in zip(task.lists.val, found, strict=True):
        labels = [{"transcription": "x", "points": box.plain["points"]} for box in boxes]
        lines.append(f"{row.image}\t{json.dumps(labels)}\n")
    (dataset / "val.txt").write_text("".join(lines), encoding="utf-8")
    assert task_of(config).evaluate(net, Ranks())["recall"] == 1.0


def test_pretrained_weights(detection_config, tmp_path):
    task = task_of(detection_config())
    net, report = task.build()
    assert report == {"source": None, "lines": ["random weights"]}
    file = tmp_path / "weights.pdparams"
    paddle.save(net.state_dict(), str(file))
    again, report = task_of(detection_config(pretrain_weight_path=str(file))).build()
    assert report["loaded"] == report["total"] == len(net.state_dict())
    assert all(
        np.array_equal(value.numpy(), again.state_dict()[name].numpy()) for name, value in net.state_dict().items()
    )
    with pytest.raises(UsageError, match="no weights at"):
        task_of(detection_config(pretrain_weight_path="none")).build()


def test_a_fault_in_the_lists_is_told_before_training(scenes, detection_config, tmp_path):
    dataset = shutil.copytree(scenes, tmp_path / "data")
    next((dataset / "images").iterdir()).unlink()
    with pytest.raises(DataError, match="no such file"):
        task_of(detection_config(dataset))


def test_a_fresh_network_takes_few_pixels_for_text(task):
    net, _ = task.build()
    net.eval()
    image = np.random.default_rng(0).standard_normal((1, 3, 96, 96)).astype(np.float32)
    assert 0.02 < float(net(paddle.to_tensor(image)).mean()) < 0.3
