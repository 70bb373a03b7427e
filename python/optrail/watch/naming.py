"""How a run is called and configured."""

from __future__ import annotations

import importlib.metadata
import re
from typing import Any

import dspy

from ..jsonable import Json, name_of, without_none
from .watch import Compile, Watch


def run_name(given: str | None, optimizer: Any, compiled: Compile, *, child: bool) -> str:
    """The user's name; else the optimizer and the program. A run below another adds its optimizer to the name."""
    own = type(optimizer).__name__
    if given is None:
        return f"{own} of {type(compiled.student).__name__}"
    return f"{given} / {own}" if child else given


def config_of(watch: Watch, optimizer: Any, compiled: Compile) -> tuple[str, dict[str, Json]]:
    """The optimizer's slug, and the configuration in the shape that Optrail filters by."""
    slug = watch.optimizer_type or re.sub(r"[^a-z0-9]+", "_", type(optimizer).__name__.lower()).strip("_") or "custom"
    metric = getattr(optimizer, "metric_fn", None) or getattr(optimizer, "metric", None)
    model = _model(optimizer, compiled.student)
    return slug, without_none(
        {
            "metric": None if metric is None else name_of(getattr(metric, "__name__", None) or type(metric).__name__),
            "model_config": None if model is None else {"model": model},
            slug: without_none(watch.settings()),
        }
    )


def environment() -> dict[str, Json]:
    """The versions that a saved program names, so that it can be saved again from the trail."""
    from dspy.utils.saving import get_dependency_versions

    return {"dependency_versions": get_dependency_versions(), "gepa": _version("gepa"), "optrail": _version("optrail")}


def _model(optimizer: Any, student: Any) -> str | None:
    lms = [getattr(each, "lm", None) for each in (student.predictors() if hasattr(student, "predictors") else [])]
    candidates = [getattr(optimizer, "task_model", None), *lms, dspy.settings.lm]
    return next((name for lm in candidates if (name := name_of(getattr(lm, "model", None))) is not None), None)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
