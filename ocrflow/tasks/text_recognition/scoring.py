"""Scoring the readings of an exported recogniser; implements `ocrflow.tasks.tools.Scorer`."""

from __future__ import annotations

from pathlib import Path

from rapidfuzz.distance import Levenshtein

from ocrflow.data.images import read_bgr
from ocrflow.data.labels import Row
from ocrflow.data.lists import Lists
from ocrflow.files import write_json
from ocrflow.inference.ctc_decode import Reading
from ocrflow.inference.recognizer import Recognizer
from ocrflow.report.evaluation_charts import write_evaluation_charts
from ocrflow.report.gallery import Tile, write_gallery
from ocrflow.tasks.text_recognition.metric import Metrics, is_correct, score
from ocrflow.tasks.text_recognition.tables import tables_of
from ocrflow.tasks.tools import WORST, Prediction, Scores


class RecognitionScorer:
    """Compares the readings of `recognizer` with the labels of `lists.val`."""

    def __init__(self, recognizer: Recognizer, lists: Lists):
        self.recognizer, self.lists = recognizer, lists
        known = set(recognizer.codec.characters)
        self.unknown_of_row = [set(row.text) - known for row in lists.val]

    @property
    def unknown_rows(self) -> int:
        """Rows whose label has characters that the model cannot write."""
        return sum(map(bool, self.unknown_of_row))

    def warn(self) -> None:
        unknown = sorted(set().union(*self.unknown_of_row))
        if unknown:
            named = ", ".join(map(repr, unknown[:10])) + (", ..." if len(unknown) > 10 else "")
            rows = f"{self.unknown_rows} of {len(self.lists.val)} labels cannot be read right"
            print(f"warning: {rows}: the model's dictionary lacks {named}")

    def prediction(self, row: Row, answer: Reading) -> Prediction:
        correct = is_correct(row.text, answer.text)
        return {"image": row.image, "label": row.text, "text": answer.text, "score": answer.score, "correct": correct}

    def score(self, predictions: list[Prediction]) -> Scores:
        metrics = _metrics_of(predictions)
        return Scores(
            metrics.plain,
            sum(not row["correct"] for row in predictions),
            worst_of(predictions),
            {
                "acc_interval": list(metrics.interval),
                "rows_exact": round(metrics.exact * metrics.rows),
                "rows_with_unknown_characters": self.unknown_rows,
            },
        )

    def write_tables(self, folder: Path, predictions: list[Prediction]) -> None:
        rows = ((row["label"], row["text"], row["score"]) for row in predictions)
        tables = tables_of(rows, known=self.recognizer.codec.characters)
        write_json(folder / "tables.json", tables.plain)
        write_evaluation_charts(folder / "charts.png", _metrics_of(predictions), tables)

    def draw_worst(self, path: Path, scores: Scores) -> None:
        worst = scores.worst
        root = self.lists.root
        tiles = [
            Tile(read_bgr(root / row["image"]), row["label"], row["text"], row["score"], row["image"]) for row in worst
        ]
        what = f"the {len(tiles)} worst" if scores.wrong else f"no wrong row; the {len(tiles)} of lowest score"
        figures = f"{len(self.lists.val)} rows, acc {scores.metrics['acc']:.4f}"
        write_gallery(path, f"{self.recognizer.name}: {figures}: {what}", tiles)


def _metrics_of(predictions: list[Prediction]) -> Metrics:
    return score((row["label"], row["text"]) for row in predictions)


def worst_of(predictions: list[Prediction]) -> list[Prediction]:
    """Up to `WORST` rows: the wrong ones, most of the text wrong first; if none is wrong, those of lowest score."""
    wrong = [row for row in predictions if not row["correct"]]
    if not wrong:
        return sorted(predictions, key=lambda row: row["score"])[:WORST]
    return sorted(wrong, key=lambda row: (-Levenshtein.normalized_distance(row["label"], row["text"]), -row["score"]))[
        :WORST
    ]
