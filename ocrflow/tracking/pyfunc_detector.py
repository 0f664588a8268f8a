"""The code of a registered detector (MLflow: models from code). It is shipped with the package's modules in the model.

Inputs as in `pyfunc_model`; output one {"boxes": [{"points", "score"}]} an image, points in its pixels.
"""

import logging
from typing import Any

import mlflow
from mlflow.pyfunc import PythonModel, PythonModelContext

# MLflow warns at every load that it cannot check a union; `model_input` does
logging.getLogger("mlflow.types.type_hints").setLevel(logging.ERROR)


class RegisteredDetector(PythonModel):
    """Finds texts with the exported detector in the artifact `model_dir`."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the network; `model_config` of `load_model` may set batch_size, device and engine."""
        from pathlib import Path

        from ocrflow.inference.detector import Detector

        settings = context.model_config or {}
        self.detector = Detector(
            Path(context.artifacts["model_dir"]),
            settings.get("batch_size", 32),
            device=settings.get("device", "auto"),
            engine=settings.get("engine", "paddle"),
        )

    def predict(
        self,
        context: PythonModelContext,
        model_input: list[str | bytes | list[Any]],
        params: dict[str, Any] | None = None,
    ) -> list[dict[str, list[dict[str, float | list[list[int]]]]]]:
        """One {"boxes": [{"points", "score"}]} an image, in input order."""
        from ocrflow.tracking.model_input import image_of

        images = [image_of(item, index) for index, item in enumerate(model_input)]
        return [{"boxes": [box.plain for box in boxes]} for boxes in self.detector.predict(images)]


mlflow.models.set_model(RegisteredDetector())
