"""Text recognition as the training loop sees it."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import paddle
from paddle import nn
from paddle.nn import functional as F

from ocrflow import nets
from ocrflow.config import RunConfig
from ocrflow.data.images import read_bgr
from ocrflow.data.labels import RowList
from ocrflow.data.lists import Lists
from ocrflow.data.sizes import image_sizes
from ocrflow.inference.ctc_decode import CtcCodec
from ocrflow.inference.export import export_recognizer
from ocrflow.inference.preprocess import input_width, resize_normalize
from ocrflow.nets.load import load_into
from ocrflow.nets.weights import read_weights
from ocrflow.tasks.text_recognition.batches import (
    Batch,
    Sample,
    epoch_batches,
    make_samples,
    plan_epoch,
    training_image,
)
from ocrflow.tasks.text_recognition.metric import score
from ocrflow.tasks.text_recognition.trainable import refuse_untrainable
from ocrflow.tasks.text_recognition.width import choose_base_width
from ocrflow.training.ranks import Ranks


class RecognitionTask:
    """A recognition dataset and a CTC network; implements `ocrflow.training.task.TrainingTask`.

    Raises:
        DataError: an image is missing, or a row cannot be trained on.
    """

    main_metric = "acc"

    def __init__(self, config: RunConfig, lists: Lists, processes: int):
        self.config, self.lists, self.processes = config, lists, processes
        self.codec = CtcCodec(lists.dictionary)
        train_sizes = image_sizes(lists.root, [row.image for row in lists.train])
        val_sizes = image_sizes(lists.root, [row.image for row in lists.val])
        self.base_width = choose_base_width(config.Train.base_width, train_sizes, [row.text for row in lists.train])
        rows = RowList("train", lists.train_file, lists.train)
        refuse_untrainable(rows, train_sizes, lists.dictionary, self.base_width)
        self.train = make_samples(lists.train, train_sizes, self.codec, self.base_width)
        self.val_widths = [input_width(*size, self.base_width)[0] for size in val_sizes]

    def build(self) -> tuple[nn.Layer, dict[str, Any]]:
        net = nets.build(self.config.Global.model, self.codec.num_classes)
        start_from = self.config.Train.pretrain_weight_path
        if start_from is None:
            return net, {"source": None, "lines": ["random weights"]}
        report = load_into(net, read_weights(start_from), self.lists.dictionary)
        return net, asdict(report) | {"lines": report.lines()}

    def plan(self, epoch: int) -> list[list[Sample]]:
        settings = self.config.Train
        rng = np.random.Generator(np.random.PCG64([settings.seed, epoch]))
        return plan_epoch(self.train, settings.batch_size * self.processes, self.processes, rng)

    def batches(self, plan: list[list[Sample]], epoch: int, ranks: Ranks) -> Generator[Batch, None, None]:
        settings = self.config.Train
        make_image = training_image(self.lists.root, settings.augment, settings.seed, epoch)
        return epoch_batches(plan, ranks.rank, ranks.count, make_image)

    def loss(self, net: nn.Layer, batch: Batch, ranks: Ranks) -> paddle.Tensor:
        logits_TNK = net(paddle.to_tensor(batch.images_B3HW)).transpose([1, 0, 2])
        steps_N = paddle.full([logits_TNK.shape[1]], logits_TNK.shape[0], "int64")
        labels, lengths = paddle.to_tensor(batch.labels_BL), paddle.to_tensor(batch.lengths_B)
        loss_N = F.ctc_loss(logits_TNK, labels, steps_N, lengths, blank=0, reduction="none")
        return loss_N.sum() * (ranks.count / batch.global_size)

    def evaluate(self, net: nn.Layer, ranks: Ranks) -> dict[str, float]:
        net.eval()
        mine = self._read(net, list(range(len(self.lists.val)))[ranks.rank :: ranks.count])
        texts = {index: text for part in ranks.gather(mine) for index, text in part.items()}
        metrics = score((row.text, texts[index]) for index, row in enumerate(self.lists.val))
        return {"acc": metrics.acc, "norm_edit_dis": metrics.norm_edit_dis}

    @paddle.no_grad()
    def _read(self, net: nn.Layer, indices: Sequence[int]) -> dict[int, str]:
        """Texts of validation rows; rows of one input width run together, as the exported model sees them."""
        texts: dict[int, str] = {}
        for group in self._groups_of_one_width(indices):
            files = [self.lists.root / self.lists.val[index].image for index in group]
            images = [resize_normalize(read_bgr(file), self.base_width) for file in files]
            readings = self.codec.decode(net(paddle.to_tensor(np.stack(images))).numpy())
            texts |= {index: reading.text for index, reading in zip(group, readings, strict=True)}
        return texts

    def _groups_of_one_width(self, indices: Sequence[int]) -> Iterator[list[int]]:
        by_width: dict[int, list[int]] = {}
        for index in indices:
            by_width.setdefault(self.val_widths[index], []).append(index)
        size = self.config.Evaluate.batch_size
        for group in by_width.values():
            yield from (group[at : at + size] for at in range(0, len(group), size))

    def export(self, net: nn.Layer, model_dir: Path) -> None:
        export_recognizer(net, model_dir, self.config.Global.model, self.lists.dictionary, self.base_width)

    def facts(self) -> dict[str, Any]:
        return {"rows_train": len(self.lists.train), "rows_val": len(self.lists.val), "base_width": self.base_width}
