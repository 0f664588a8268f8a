"""Text detection as the training loop sees it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import paddle
from paddle import nn

from ocrflow import nets
from ocrflow.config import RunConfig
from ocrflow.data.boxes import read_boxes
from ocrflow.data.images import read_bgr
from ocrflow.data.labels import Row
from ocrflow.data.lists import Lists
from ocrflow.inference.det_preprocess import normalize, resize
from ocrflow.inference.export import export_detector
from ocrflow.nets.load import load_into
from ocrflow.nets.weights import read_weights
from ocrflow.tasks.ahead import made_ahead
from ocrflow.tasks.auto import is_guided, on_card, worker_count
from ocrflow.tasks.loader import SampleLoader
from ocrflow.tasks.text_detection.batches import Batch, Scene, make_batch, plan_epoch
from ocrflow.tasks.text_detection.loss import SETTINGS_OF_MODEL as LOSS_OF_MODEL
from ocrflow.tasks.text_detection.loss import db_loss
from ocrflow.tasks.text_detection.metric import DetectionCounts, count_matches
from ocrflow.tasks.text_detection.paste import donor_of
from ocrflow.tasks.text_detection.postprocess import boxes_of_map, settings_of
from ocrflow.tasks.text_detection.recipe import Job, Recipe
from ocrflow.tasks.text_detection.trainable import refuse_untrainable
from ocrflow.training.ranks import Ranks

CROP_SIZE, CROP_SIZE_ON_CPU = 640, 320
FIRST_LOGIT = -2.0  # a fresh network takes every pixel for text with a probability of 0.12


class DetectionTask:
    """A detection dataset and a DB network; implements `ocrflow.training.task.TrainingTask`.

    Raises:
        DataError: an image is missing, or a label cannot be trained on.
    """

    main_metric = "hmean"

    def __init__(self, config: RunConfig, lists: Lists, processes: int):
        self.config, self.lists, self.processes = config, lists, processes
        settings, model = config.Train, config.Global.model
        refuse_untrainable(lists)
        on_gpu = on_card()
        auto_size = CROP_SIZE if on_gpu else CROP_SIZE_ON_CPU
        self.crop_size = auto_size if settings.crop_size == "auto" else settings.crop_size
        self.boxes = settings_of(model, settings.box_thresh)
        is_whole = is_guided(settings.guide, on_gpu)
        self.losses = LOSS_OF_MODEL[model] if is_whole else replace(LOSS_OF_MODEL[model], auxiliary=())
        self.scenes = [Scene(index, row) for index, row in enumerate(lists.train)]
        made = self.crop_size, settings.longest_side, settings.augment, settings.seed
        recipe = Recipe(lists.root, lists.train_file, *made, settings.epochs_iters, settings.shrink_ratio)
        self.loader = SampleLoader(recipe, worker_count(settings.num_workers, on_gpu, processes))

    def build(self) -> tuple[nn.Layer, dict[str, Any]]:
        settings = self.config.Train
        net = nets.build(self.config.Global.model)
        if not self.losses.auxiliary:
            _drop_auxiliary_heads(net)
        if settings.pretrain_weight_path is None:
            _expect_little_text(net)
            return net, {"source": None, "lines": ["random weights"]}
        report = load_into(net, read_weights(settings.pretrain_weight_path), [])
        return net, asdict(report) | {"lines": report.lines()}

    def plan(self, epoch: int) -> list[list[Scene]]:
        settings = self.config.Train
        rng = np.random.Generator(np.random.PCG64([settings.seed, epoch]))
        return plan_epoch(self.scenes, settings.batch_size * self.processes, self.processes, rng)

    def batches(self, plan: list[list[Scene]], epoch: int, ranks: Ranks) -> Generator[Batch, None, None]:
        parts = [[self._job(epoch, scene) for scene in batch[ranks.rank :: ranks.count]] for batch in plan]
        return self.loader.batches(parts, lambda place, crops: make_batch(crops, len(plan[place])))

    def _job(self, epoch: int, scene: Scene) -> Job:
        settings = self.config.Train
        donor = donor_of(self.lists.train, scene.index, settings.copy_paste, settings.seed, epoch)
        return Job(epoch, scene.index, scene.row, donor)

    def loss(self, net: nn.Layer, batch: Batch, ranks: Ranks) -> paddle.Tensor:
        maps_BCSS = net(paddle.to_tensor(batch.images_B3SS), auxiliary=bool(self.losses.auxiliary))
        shrink, shrink_mask, threshold, threshold_mask = map(paddle.to_tensor, batch.targets)
        truth = shrink, shrink_mask, threshold, threshold_mask
        return db_loss(maps_BCSS.astype("float32"), truth, self.losses)["loss"]

    def evaluate(self, net: nn.Layer, ranks: Ranks) -> dict[str, float]:
        net.eval()
        counts = sum(ranks.gather(self._counted(net, self.lists.val[ranks.rank :: ranks.count])), DetectionCounts())
        return {"hmean": counts.hmean, "precision": counts.precision, "recall": counts.recall}

    @paddle.no_grad()
    def _counted(self, net: nn.Layer, rows: list[Row]) -> DetectionCounts:
        """What is found in the rows' images, each alone and at its own size as the exported model sees it."""
        total = DetectionCounts()
        with closing(made_ahead(self._inputs(rows), 2)) as inputs:
            for row, hw, image_3HW in inputs:
                probs_HW = net(paddle.to_tensor(image_3HW[None]))[0, 0].numpy()
                found, _ = boxes_of_map(probs_HW, self.boxes, hw)
                labelled = read_boxes(row, self.lists.val_file)
                polygons = [np.array(box.points) for box in labelled]
                total += count_matches(polygons, [box.ignored for box in labelled], list(found))
        return total

    def _inputs(self, rows: list[Row]) -> Generator[tuple[Row, tuple[int, int], np.ndarray], None, None]:
        for row in rows:
            image_HWC = read_bgr(self.lists.root / row.image)
            resized = resize(image_HWC, self.config.Train.longest_side)
            yield row, (image_HWC.shape[0], image_HWC.shape[1]), normalize(resized)

    def export(self, net: nn.Layer, model_dir: Path) -> None:
        settings = self.config.Train
        export_detector(net, model_dir, self.config.Global.model, settings.longest_side, settings.box_thresh)

    def facts(self) -> dict[str, Any]:
        rows = {"rows_train": len(self.lists.train), "rows_val": len(self.lists.val)}
        return {
            **rows,
            "crop_size": self.crop_size,
            "longest_side": self.config.Train.longest_side,
            "box_thresh": self.boxes.box_thresh,
        }


def _drop_auxiliary_heads(net: nn.Layer) -> None:
    """Several processes must not share gradients of layers that no loss reaches."""
    head = net.head
    head.auxiliary = ()
    for name in [name for name, _ in head.named_children() if name.startswith("aux_")]:
        delattr(head, name)


def _expect_little_text(net: nn.Layer) -> None:
    """Begin with few pixels taken for text, as there are few: learning to find any then takes half as long.

    The prior of Lin et al., 2017 (arXiv:1708.02002).
    """
    for name, layer in net.head.named_children():
        if "binarize" in name:
            layer.conv3.bias.set_value(layer.conv3.bias + FIRST_LOGIT)
