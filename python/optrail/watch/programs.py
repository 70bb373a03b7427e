"""Programs as they are stored: DSPy's `dump_state()` as JSON.

Read from dspy 3.4.1, dspy/primitives/base_module.py and predict/predict.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..jsonable import Json, jsonable
from ..redact import without_model_secrets


@dataclass(frozen=True)
class Program:
    """A program's state at one moment, and its text, by which two programs are the same."""

    state: Json
    key: str


def program_of(module: Any) -> Program | None:
    """The state of a module; None where it has none, or can't tell."""
    try:
        return program_from(module.dump_state())
    except Exception:  # noqa: BLE001 - a program that can't be stored is still optimized
        return None


def program_from(state: Any) -> Program:
    """A program from its state."""
    copied = without_model_secrets(jsonable(state))
    return Program(copied, json.dumps(copied, sort_keys=True, separators=(",", ":")))


def instructions(program: Program | None) -> dict[str, str]:
    """The instructions of each predictor, by its name."""
    return {
        name: predictor["signature"]["instructions"]
        for name, predictor in predictors(program).items()
        if isinstance(predictor.get("signature"), Mapping)
    }


def predictors(program: Program | None) -> dict[str, Mapping[str, Any]]:
    """The predictors of a state; a state that is a single predictor's own is named `self`, as DSPy does."""
    if program is None or not isinstance(program.state, Mapping):
        return {}
    if isinstance(program.state.get("signature"), Mapping):
        return {"self": program.state}
    return {name: each for name, each in program.state.items() if isinstance(each, Mapping) and "signature" in each}


def changed(parent: Program | None, child: Program | None) -> list[str]:
    """What differs from the parent, as `<predictor>.instructions` or `<predictor>.demos`."""
    before, after = predictors(parent), predictors(child)
    found = []
    for name, each in after.items():
        other = before.get(name, {})
        if each.get("signature") != other.get("signature"):
            found.append(f"{name}.instructions")
        if each.get("demos") != other.get("demos"):
            found.append(f"{name}.demos")
    return found
