"""Run by another Python, which has PaddleOCR's requirements: images a core-second of PaddleOCR's training dataset.

    PYTHON benchmarks/paddleocr_data.py CHECKOUT DATASET COUNT

Uses PaddleOCR's public code as its own loader does, with the transforms of PP-OCRv4_mobile_rec; the best of three
rounds counts.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import yaml


def main(checkout: Path, data: Path, count: int) -> None:
    """Print the figure on the last line."""
    sys.path.insert(0, str(checkout))
    import cv2
    from ppocr.data.simple_dataset import MultiScaleDataSet
    from ppocr.utils.logging import get_logger

    cv2.setNumThreads(0)
    config = yaml.safe_load((checkout / "configs/rec/PP-OCRv4/PP-OCRv4_mobile_rec.yml").read_text())
    config["Global"]["character_dict_path"] = str(data / "dict.txt")
    config["Train"]["dataset"].update(data_dir=str(data), label_file_list=[str(data / "train.txt")])
    dataset = MultiScaleDataSet(config, "Train", get_logger())
    best_s = min(_epoch_s(dataset, count) for _ in range(3))
    print(count / best_s)


def _epoch_s(dataset: object, count: int) -> float:
    start = time.process_time()
    for index in range(count):
        dataset[(320, 48, index, None)]
    return time.process_time() - start


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
