"""Text recognition as the training loop sees it."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
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
from ocrflow.tasks.ahead import made_ahead
from ocrflow.tasks.auto import is_guided, on_card, worker_count
from ocrflow.tasks.text_recognition import guide
from ocrflow.tasks.text_recognition.batches import LONGEST_GUIDED, Batch, Sample, make_samples
from ocrflow.tasks.text_recognition.loader import Loader
from ocrflow.tasks.text_recognition.metric import score
from ocrflow.tasks.text_recognition.plan import join_some, plan_epoch
from ocrflow.tasks.text_recognition.recipe import Recipe
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
        settings = config.Train
        workers = worker_count(settings.num_workers, on_card(), processes)
        self.guided = is_guided(settings.guide, on_card())
        self.loader = Loader(Recipe(lists.root, settings.augment, settings.seed), workers)

    def build(self) -> tuple[nn.Layer, dict[str, Any]]:
        settings = self.config.Train
        net = nets.build(self.config.Global.model, self.codec.num_classes, training_branches=self.guided)
        notes = self._notes_on_guide() if self.guided else []
        if settings.pretrain_weight_path is None:
            return net, {"source": None, "lines": ["random weights", *notes]}
        report = load_into(net, read_weights(settings.pretrain_weight_path), self.lists.dictionary)
        return net, asdict(report) | {"lines": [*report.lines(), *notes]}

    def _notes_on_guide(self) -> list[str]:
        count = guide.unguided([len(sample.classes) for sample in self.train])
        return [f"{count} labels of more than {LONGEST_GUIDED} characters train the CTC head alone"] if count else []

    def plan(self, epoch: int) -> list[list[Sample]]:
        settings = self.config.Train
        rng = np.random.Generator(np.random.PCG64([settings.seed, epoch]))
        samples = join_some(self.train, settings.augment, rng)
        return plan_epoch(samples, settings.batch_size * self.processes, self.processes, rng)

    def batches(self, plan: list[list[Sample]], epoch: int, ranks: Ranks) -> Generator[Batch, None, None]:
        return self.loader.batches(plan, epoch, ranks.rank, ranks.count)

    def loss(self, net: nn.Layer, batch: Batch, ranks: Ranks) -> paddle.Tensor:
        images = paddle.to_tensor(batch.images_B3HW)
        if not self.guided:
            return _summed_ctc_loss(net(images), batch) * (ranks.count / batch.global_size)
        targets_BL = guide.targets_of(batch)
        ctc_logits_BTK, logits_BLK = net(images, paddle.to_tensor(targets_BL))
        ctc_loss = _summed_ctc_loss(ctc_logits_BTK, batch) * (ranks.count / batch.global_size)
        return ctc_loss + guide.summed_loss(logits_BLK, targets_BL) * (ranks.count / max(1, batch.global_guided))

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
        with closing(made_ahead(self._inputs(indices), 2)) as inputs:
            for group, images_B3HW in inputs:
                readings = self.codec.decode(net(paddle.to_tensor(images_B3HW)).numpy())
                texts |= {index: reading.text for index, reading in zip(group, readings, strict=True)}
        return texts

    def _inputs(self, indices: Sequence[int]) -> Generator[tuple[list[int], np.ndarray], None, None]:
        for group in self._groups_of_one_width(indices):
            files = [self.lists.root / self.lists.val[index].image for index in group]
            yield group, np.stack([resize_normalize(read_bgr(file), self.base_width) for file in files])

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


def _summed_ctc_loss(logits_BTK: paddle.Tensor, batch: Batch) -> paddle.Tensor:
    logits_TBK = logits_BTK.astype("float32").transpose([1, 0, 2])
    steps_B = paddle.full([logits_TBK.shape[1]], logits_TBK.shape[0], "int64")
    labels, lengths = paddle.to_tensor(batch.labels_BL), paddle.to_tensor(batch.lengths_B)
    return F.ctc_loss(logits_TBK, labels, steps_B, lengths, blank=0, reduction="none").sum()
