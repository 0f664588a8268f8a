"""PaddleOCR's own `tools/train.py`, from a checkout, on a data set and in the settings that `training.py` gives.

Its configuration is the checkout's own of that model. Changed are the data, the batch size, the number of epochs, what
needs a GPU, and the sizes: all images are 48 x 320, as ocrflow's have 48 rows, not 32, 48 or 64 by turns.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import yaml

IPS = re.compile(r"ips: ([0-9.]+) samples/s")
ACCURACY = re.compile(r"cur metric, acc: ([0-9.]+)")
UNTIMED = 2  # log lines before the clock counts


@dataclass(frozen=True)
class PaddleOCR:
    """A checkout, and a Python that has its requirements."""

    checkout: Path
    python: str
    folder: Path

    def command(self, model: str, data: Path, batch: int, epochs: int, **changes: Any) -> list[str]:
        """The command of a training; `changes` are keys of `Global`."""
        family = model.split("_")[0]
        config = yaml.safe_load((self.checkout / f"configs/rec/{family}/{model}.yml").read_text())
        config["Global"] |= {
            "use_gpu": False,
            "distributed": False,
            "epoch_num": epochs,
            "print_batch_step": 1,
            "cal_metric_during_train": False,
            "save_epoch_step": epochs + 1,
            "save_model_dir": str(self.folder / "paddleocr"),
            "eval_batch_step": [10**9, 10**9],
            "character_dict_path": str(data / "dict.txt"),
            **changes,
        }
        config["Global"].pop("d2s_train_image_shape", None)
        for section, name in (("Train", "train.txt"), ("Eval", "val.txt")):
            config[section]["dataset"].update(data_dir=str(data), label_file_list=[str(data / name)])
            config[section]["loader"].update(batch_size_per_card=batch, num_workers=0, use_shared_memory=False)
        config["Train"]["sampler"].update(first_bs=batch, scales=[[320, 48]])
        config["Optimizer"]["lr"]["warmup_epoch"] = min(1, epochs - 1)
        file = self.folder / "paddleocr.yml"
        file.write_text(yaml.safe_dump(config, sort_keys=False))
        return [self.python, "tools/train.py", "-c", str(file)]

    def samples_per_s(self, model: str, data: Path, batch: int, steps: int, threads: int) -> float:
        """The median over the steps of what its log says, without the first ones."""
        found: list[float] = []
        for line in self._lines(self.command(model, data, batch, 1000), threads):
            if match := IPS.search(line):
                found.append(float(match[1]))
            if len(found) == steps + UNTIMED:
                break
        return median(found[UNTIMED:])

    def seconds_to(self, accuracy: float, model: str, data: Path, batch: int, limit_s: float, **settings: Any) -> Any:
        """Seconds from the start of the command to the first evaluation at `accuracy`, and all accuracies by then."""
        start, seen = time.monotonic(), []
        threads = settings.pop("threads")
        command = self.command(model, data, batch, **settings)
        for line in self._lines(command, threads):
            if match := ACCURACY.search(line):
                seen.append((round(time.monotonic() - start), float(match[1])))
                if seen[-1][1] >= accuracy:
                    return time.monotonic() - start, seen
            if time.monotonic() - start > limit_s:
                break
        return None, seen

    def _lines(self, command: list[str], threads: int) -> Any:
        """What the command prints; it is ended when the caller has heard enough."""
        environment = {key: value for key, value in os.environ.items() if key != "MKL_DEBUG_CPU_TYPE"}
        environment["OMP_NUM_THREADS"] = str(threads)
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            command, cwd=self.checkout, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout
        tail: list[str] = []
        try:
            for line in process.stdout:
                tail = [*tail[-30:], line]
                yield line
            if process.wait():
                raise SystemExit(f"{' '.join(command)}\n{''.join(tail)}")
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
