"""What all sections of the configuration have in common."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

Text = Annotated[str, Field(min_length=1)]


class Section(BaseModel):
    """Base of all sections: immutable; unknown keys, infinities and true or false for a number are refused.

    A section without a value, as YAML has it when all its keys are commented out, has its defaults.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _tidy(cls, value: Any, info: ValidationInfo) -> Any:
        kind = cls.model_fields[info.field_name or ""].annotation
        if value is None and isinstance(kind, type) and issubclass(kind, Section):
            return {}
        if isinstance(value, bool) and bool not in (kind, *get_args(kind)):
            raise PydanticCustomError("no_truth_value", "Input should be something else than true or false")
        return value
