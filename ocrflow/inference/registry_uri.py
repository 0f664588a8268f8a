"""The folder of an exported model behind what a user names: a folder, or an address in MLflow's registry.

    output/text_recognition/export      a folder, or one that holds a model further down
    models:/plates-text_recognition@best_accuracy, models:/NAME/3, models:/NAME/latest, models:/m-ID
    runs:/RUN/NAME                      a model or a folder of artifacts of a run

What MLflow keeps in a folder of this machine is used where it is; the rest is downloaded once, into the cache.
"""

from __future__ import annotations

from pathlib import Path

from ocrflow.errors import UsageError
from ocrflow.inference.model_dir import EXPORT

SCHEMES = ("models:/", "runs:/")
FORMS = "models:/NAME@ALIAS, models:/NAME/VERSION, models:/NAME/latest or runs:/RUN/NAME"
_SETTINGS = "inference.yml"


def is_registry_uri(reference: str | Path) -> bool:
    """Whether it is an address in MLflow, not a folder."""
    return isinstance(reference, str) and reference.startswith(SCHEMES)


def local_model_dir(reference: str | Path) -> Path:
    """The folder with `inference.yml` that `reference` means.

    Raises:
        UsageError: no such folder, model, version, alias or run, or no exported model (or several) in it.
        OutsideError: MLflow's server or its store of artifacts cannot be used.
    """
    if is_registry_uri(reference):
        from ocrflow.tracking.fetch_model import artifacts_of

        return _only_model(artifacts_of(str(reference)), str(reference))
    path = Path(reference)
    if path.is_dir():
        return _only_model(path, str(path))
    if str(reference).startswith(("models:", "runs:")):
        raise UsageError(f"{reference}: not an address in MLflow's registry", fix=f"expected {FORMS}")
    found = "a file" if path.exists() else "no such folder"
    raise UsageError(f"{path}: {found}; expected the folder of an exported model", fix=EXPORT)


def _only_model(folder: Path, name: str) -> Path:
    """`folder` itself or the only one below that holds `inference.yml`."""
    if (folder / _SETTINGS).is_file():
        return folder
    found = sorted(file.parent for file in folder.rglob(_SETTINGS))
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"{name}: no exported model in it: {_SETTINGS} is missing", fix=EXPORT)
    named = ", ".join(str(path.relative_to(folder)) for path in found)
    raise UsageError(f"{name}: several exported models in it: {named}", fix="name one of these folders")
