"""The code of the registered model (MLflow: models from code). It is shipped with the package's modules in the model.

Inputs `list` of images (see `model_input`) or a DataFrame whose only column is `image`; output one
{"text", "score"} an image. Over HTTP: {"inputs": ["<base64>", ...]}.
"""

import logging
from typing import Any

import mlflow
from mlflow.pyfunc import PythonModel, PythonModelContext

# MLflow warns at every load that it cannot check a union; `model_input` does
logging.getLogger("mlflow.types.type_hints").setLevel(logging.ERROR)


class RegisteredRecognizer(PythonModel):
    """Reads texts with the exported recogniser in the artifact `model_dir`."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the network; `model_config` of `load_model` may set batch_size, device and engine."""
        from pathlib import Path

        from ocrflow.inference.recognizer import Recognizer

        settings = context.model_config or {}
        self.recognizer = Recognizer(
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
    ) -> list[dict[str, str | float]]:
        """One {"text", "score"} an image, in input order."""
        from ocrflow.tracking.model_input import image_of

        images = [image_of(item, index) for index, item in enumerate(model_input)]
        return [{"text": reading.text, "score": reading.score} for reading in self.recognizer.predict(images)]


mlflow.models.set_model(RegisteredRecognizer())
