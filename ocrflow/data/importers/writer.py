"""Writing samples as a PaddleX dataset: images/, train.txt, val.txt and, for text recognition, dict.txt."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from ocrflow.data.dictionary import SPACE
from ocrflow.data.importers.merge import Merger
from ocrflow.data.importers.pictures import Job, Outcome, process
from ocrflow.data.importers.sample import Item, Notice, Problem, Sample
from ocrflow.data.workers import in_order
from ocrflow.errors import UsageError
from ocrflow.progress import track

SHOWN = 20
SKIPPED_FILE = "import_skipped.jsonl"


@dataclass(frozen=True)
class Options:
    """How to write: crops of the regions or the pictures; the division; whether faulty samples may be left out."""

    cut: bool
    val_percent: int
    seed: int
    skip_faulty: bool


@dataclass
class Report:
    """What an import found and wrote.

    Attributes:
        recognition: the rows are images with their text; otherwise pictures with their regions.
        counts: pictures, boxes, ignored, blank, tiny, turned, copies, train, val, problems.
        problems: the first ones.
        notices: how often something was left out, and where first, by message.
        characters: those of the labels, of text recognition.
    """

    recognition: bool | None = None
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    notices: dict[str, tuple[int, str]] = field(default_factory=dict)
    characters: set[str] = field(default_factory=set)


def write_dataset(items: Iterable[Item], folder: Path, options: Options) -> Report:
    """Write a dataset into the new folder `folder`.

    After the first problem nothing more is written unless faulty samples may be left out; the search goes on.

    Raises:
        UsageError: the samples are partly of text detection and partly of text recognition.
        OSError: the disk is full or the folder cannot be written.
    """
    return _Writer(folder, options).write(items)


class _Writer:
    def __init__(self, folder: Path, options: Options) -> None:
        self.folder, self.options = folder, options
        self.report = Report()
        self.merger = Merger(options.seed, options.val_percent, by_stem=options.cut)
        self._first_origin = ""
        self._write = True

    def write(self, items: Iterable[Item]) -> Report:
        (self.folder / "images").mkdir(parents=True)
        with ExitStack() as files, track("import", 0) as advance:
            lists = {
                split: files.enter_context((self.folder / f"{split}.txt").open("w", encoding="utf-8", newline="\n"))
                for split in ("train", "val")
            }
            skipped = files.enter_context((self.folder / SKIPPED_FILE).open("w", encoding="utf-8"))
            for outcome in files.enter_context(closing(in_order(process, self._jobs(items)))):
                lists[outcome.split].writelines(f"{path}\t{label}\n" for path, label in outcome.rows)
                skipped.writelines(_json_line(problem) for problem in outcome.problems)
                self._count(outcome)
                advance(1)
        self._finish()
        return self.report

    def _jobs(self, items: Iterable[Item]) -> Iterator[Job]:
        for item in items:
            if isinstance(item, Notice):
                count, origin = self.report.notices.get(item.message, (0, item.origin))
                self.report.notices[item.message] = (count + 1, origin)
                continue
            if isinstance(item, Sample):
                self._refuse_mixture(item)
            placed = self.merger.place(item) if isinstance(item, Sample) else item
            if placed is not None:
                self._note_problem(isinstance(placed, Problem))
                yield Job(placed, self.folder, self.options.cut, self._write)

    def _note_problem(self, found: bool) -> None:
        self._write = self._write and (self.options.skip_faulty or not found)

    def _refuse_mixture(self, sample: Sample) -> None:
        recognition = sample.annotations is None
        if recognition and self.options.cut:
            message = f"--crop cuts regions out of pictures; {sample.origin} has the text of a whole picture"
            raise UsageError(message, fix="leave --crop out")
        if self.report.recognition is None:
            self.report.recognition, self._first_origin = recognition, sample.origin
        elif self.report.recognition != recognition:
            kinds = ["regions (text detection)", "the text of a whole picture (text recognition)"]
            first, other = kinds if not self.report.recognition else kinds[::-1]
            message = f"{self._first_origin} has {first}, {sample.origin} has {other}; a dataset is of one kind"
            raise UsageError(message, fix="import them separately, naming the list or the folder of one kind")

    def _count(self, outcome: Outcome) -> None:
        counts = self.report.counts
        counts.update(outcome.counts)
        counts[outcome.split] += len(outcome.rows)
        counts["problems"] += len(outcome.problems)
        self._note_problem(bool(outcome.problems))
        self.report.problems += outcome.problems[: SHOWN - len(self.report.problems)]
        if self.report.recognition or self.options.cut:
            self.report.characters.update(char for _, label in outcome.rows for char in label)

    def _finish(self) -> None:
        report = self.report
        report.counts["copies"] = self.merger.copies
        report.recognition = bool(report.recognition) or self.options.cut
        report.characters.discard(SPACE)
        if report.recognition:
            dictionary = "".join(f"{char}\n" for char in sorted(report.characters))
            (self.folder / "dict.txt").write_text(dictionary, encoding="utf-8", newline="\n")
        if not report.counts["problems"]:
            (self.folder / SKIPPED_FILE).unlink()


def _json_line(problem: Problem) -> str:
    text = json.dumps({"origin": problem.origin, "message": problem.message}, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"
