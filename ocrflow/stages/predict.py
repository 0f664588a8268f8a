"""The stage predict: one exported model, or a pipeline of both, answers new images.

Writes `predict/predictions.jsonl` as the answers come, one object an image or page (`ocrflow.inference.answers` has its
keys), and `predict/pictures/`. Images are read ahead and forgotten: memory does not grow with their number.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.errors import DataError, UsageError
from ocrflow.growing_file import growing_lines, part_of
from ocrflow.inference.inputs import HOW, named_sources
from ocrflow.inference.load import load_model, load_pipeline
from ocrflow.inference.model import Model, unreadable
from ocrflow.inference.model_dir import model_sha256
from ocrflow.inference.pictures import PictureFolder
from ocrflow.inference.registry_uri import is_registry_uri
from ocrflow.inference.sources import Source
from ocrflow.models import TEXT_RECOGNITION
from ocrflow.progress import track
from ocrflow.provenance import made_of

SHOWN = 20  # answers printed


@dataclass
class _Done:
    """What a run has answered so far; `shown` is printed at its end."""

    images_read: int = 0
    errors: list[DataError] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    @property
    def images(self) -> int:
        return self.images_read + len(self.errors)


def run(config: RunConfig) -> dict[str, Any]:
    """Answer every image of `Predict.input`.

    Raises:
        UsageError: no input, no image in it, or no exported model of the configured task.
        DataError: some images cannot be read; raised after the answers to the others were written.
    """
    if not config.Predict.input:
        raise UsageError("Predict.input is not set", fix=f"-o Predict.input=...: {HOW}")
    sources = named_sources(config.Predict.input, config.Predict.allow_urls, Path(config.Global.dataset_dir))
    model = open_model(config)
    folder = Path(config.Global.output) / "predict"
    pictures = _pictures(config, model, folder / "pictures", sources)
    done = _Done()
    _answer(model, sources, folder / "predictions.jsonl", pictures, done)
    _print(done, folder / "predictions.jsonl", pictures)
    models = {task: model_sha256(part.model_dir) for task, part in model.parts.items()}
    result = {
        "images": done.images,
        "images_read": done.images_read,
        "unreadable": [str(error.args[0]) for error in done.errors],
        "predictions": str(folder / "predictions.jsonl"),
        "pictures": str(pictures.folder) if pictures else None,
        **_what_ran(config, model, models),
        "made_of": made_of(config, model_sha256=models if len(models) > 1 else next(iter(models.values()))),
    }
    if done.errors:
        error = unreadable(done.errors, done.images)
        error.result = result  # type: ignore[attr-defined]
        raise error
    return result


def open_model(config: RunConfig) -> Model:
    """The pipeline of `Predict.pipeline`, or the model of the configured task.

    Raises:
        UsageError: both are set, or one is not what it should be. OutsideError: the engine or device is not there.
    """
    given = config.Predict
    settings: dict[str, Any] = {"device": config.Global.device, "batch_size": given.batch_size, "engine": given.engine}
    if given.pipeline is not None:
        if given.model_dir is not None:
            both = "Predict.pipeline and Predict.model_dir are both set"
            raise UsageError(both, fix="leave Predict.model_dir out: OCR.yaml names the models")
        return load_pipeline(given.pipeline, **settings)
    model = model_dir_of(config)
    if isinstance(model, Path) and model.is_file() and model.suffix.lower() in (".yaml", ".yml"):
        raise UsageError(f"Predict.model_dir: {model} is a file", fix=f"-o Predict.pipeline={model}")
    return load_model(model, task=config.task, **settings)


def model_dir_of(config: RunConfig) -> Path | str:
    """`Predict.model_dir`, else the folder that the stage export wrote, else the best model of the training."""
    if config.Predict.model_dir is not None:
        given = config.Predict.model_dir
        return given if is_registry_uri(given) else Path(given)
    output = Path(config.Global.output)
    exported = Path(config.Export.save_dir) if config.Export.save_dir else output / "export"
    return exported if exported.is_dir() else output / "best_accuracy" / "inference"


def _pictures(config: RunConfig, model: Model, folder: Path, sources: Sequence[Source]) -> PictureFolder | None:
    wanted = config.Predict.pictures
    if wanted == "auto":
        wanted = model.task != TEXT_RECOGNITION
    return PictureFolder(folder, sources) if wanted else None


def _answer(model: Model, sources: Sequence[Source], file: Path, pictures: PictureFolder | None, done: _Done) -> None:
    try:
        with (
            growing_lines(file) as append,
            track("predict", len(sources)) as advance,
            closing(model.stream(sources)) as stream,
        ):
            for picture, answer in stream:
                if isinstance(answer, DataError):
                    done.errors.append(answer)
                else:
                    append(answer.plain)
                    if pictures:
                        pictures.write(picture, answer)
                    done.images_read += 1
                    if len(done.shown) < SHOWN:
                        done.shown.append(answer.words)
                advance(1 if picture.ends else 0, note=_note(done, picture.page))
    except BaseException:
        print(f"stopped after {done.images} images; their answers are in {part_of(file)}", file=sys.stderr)
        raise


def _note(done: _Done, page: int | None) -> str:
    notes = [f"page {page}"] if page else []
    notes += [f"unreadable {len(done.errors)}"] if done.errors else []
    return ", ".join(notes)


def _print(done: _Done, file: Path, pictures: PictureFolder | None) -> None:
    if done.shown:
        print("\n".join(done.shown))
    more = f", {done.images_read - SHOWN} of them not shown" if done.images_read > SHOWN else ""
    drawn = f" and {pictures.folder}" if pictures and done.images_read else ""
    print(f"read {done.images_read} images{more}, see {file}{drawn}")


def _what_ran(config: RunConfig, model: Model, sha256_of: dict[str, str]) -> dict[str, Any]:
    """One model: its folder and hash; a pipeline: its file, and folder and hash by task."""
    folders = {task: str(part.model_dir) for task, part in model.parts.items()}
    if config.Predict.pipeline is None:
        return {"model_dir": folders[model.task], "model_sha256": sha256_of[model.task]}
    return {"pipeline": config.Predict.pipeline, "model_dir": folders, "model_sha256": sha256_of}
