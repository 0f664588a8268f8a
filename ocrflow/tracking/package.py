"""Packing an exported model as an MLflow model that runs without ocrflow being installed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ocrflow.config import RunConfig
from ocrflow.errors import OutsideError
from ocrflow.models import TEXT_DETECTION, TEXT_RECOGNITION
from ocrflow.tracking.code_closure import PACKAGE, needed_modules
from ocrflow.tracking.store import Store

CODE_OF_TASK = {
    TEXT_RECOGNITION: Path(__file__).with_name("pyfunc_model.py"),
    TEXT_DETECTION: Path(__file__).with_name("pyfunc_detector.py"),
}

# What the shipped code imports; of alternatives the one that is installed, under the name that an installer finds.
_REQUIREMENTS = (
    {"mlflow": "mlflow"},
    {"paddlepaddle": "paddlepaddle", "paddlepaddle-gpu": "paddlepaddle"},
    {"shapely": "shapely"},
    {"pyclipper": "pyclipper"},
    {
        "opencv-contrib-python": "opencv-contrib-python",
        "opencv-python": "opencv-python",
        "opencv-contrib-python-headless": "opencv-contrib-python-headless",
        "opencv-python-headless": "opencv-python-headless",
    },
    {"numpy": "numpy"},
    {"pyyaml": "pyyaml"},
    {"pillow": "pillow"},
    {"setuptools": "setuptools"},  # paddle imports it without declaring it
)


def pip_requirements() -> list[str]:
    """What the model needs, pinned to the versions installed here.

    Raises:
        OutsideError: one of them is not installed.
    """
    return [_pinned(alternatives) for alternatives in _REQUIREMENTS]


def _pinned(alternatives: dict[str, str]) -> str:
    for installed, required in alternatives.items():
        try:
            return f"{required}=={version(installed).partition('+')[0]}"
        except PackageNotFoundError:
            continue
    raise OutsideError(f"none of {', '.join(alternatives)} is installed; the registered model needs one")


def log_model(store: Store, run_id: str, model_dir: Path, config: RunConfig) -> str:
    """Upload the exported model in `model_dir` as a model of the run; returns MLflow's model id."""
    from mlflow.entities import LoggedModelOutput

    experiment_id = store.client.get_run(run_id).info.experiment_id
    model = store.client.create_logged_model(experiment_id, name=config.task, source_run_id=run_id, model_type="ocr")
    try:
        with _saved(model.artifact_location, run_id, model.model_id, model_dir, config) as folder:
            store.client.log_model_artifacts(model.model_id, str(folder))
    except BaseException:
        store.client.finalize_logged_model(model.model_id, "FAILED")
        raise
    store.client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])
    store.client.finalize_logged_model(model.model_id, "READY")
    return model.model_id


@contextmanager
def _saved(location: str, run_id: str, model_id: str, model_dir: Path, config: RunConfig) -> Iterator[Path]:
    import mlflow.pyfunc
    from mlflow.models import Model

    with tempfile.TemporaryDirectory() as temporary:
        saved = Path(temporary) / "model"
        mlflow.pyfunc.save_model(
            saved,
            python_model=str(CODE_OF_TASK[config.task]),
            artifacts={"model_dir": str(model_dir.absolute())},
            code_paths=[str(_shipped_code(CODE_OF_TASK[config.task], Path(temporary)))],
            pip_requirements=pip_requirements(),
            model_config={"batch_size": config.Predict.batch_size, "device": "auto"},
            mlflow_model=Model(artifact_path=location, run_id=run_id, model_uuid=model_id, model_id=model_id),
        )
        for cache in saved.rglob("__pycache__"):
            shutil.rmtree(cache)
        yield saved


def _shipped_code(code: Path, folder: Path) -> Path:
    """A copy of the package with only the modules that the model's `code` needs."""
    for file in needed_modules(code):
        target = folder / "code" / file.relative_to(PACKAGE.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return folder / "code" / PACKAGE.name
