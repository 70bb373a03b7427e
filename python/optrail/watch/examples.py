"""Examples and samples: what went in, what came out, what it was worth."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..jsonable import Json, jsonable, name_of, score_of, text_of, without_none
from .usage import Usage


def example_fields(example: Any) -> dict[str, Json]:
    """An example split by its declared inputs. The same example gives the same JSON whichever optimizer evaluates it.

    DSPy's own keys (`dspy_uuid` is new each time a data set is loaded) are no content. A key `id` that is no input names
    the example.
    """
    inputs, labels = _split(example)
    identity = labels.pop("id", None) if isinstance(labels.get("id"), str | int) else None
    split = getattr(example, "dspy_split", None) if "dspy_split" in _keys(example) else None
    return without_none(
        {
            "input": jsonable(inputs),
            "expectedOutput": jsonable(labels) if labels else None,
            "exampleId": name_of(identity),
            "split": name_of(split),
        }
    )


def input_values(example: Any) -> dict[str, Any]:
    """The inputs of an example, as its program takes them."""
    return _split(example)[0]


def eval_set_hash(examples: Iterable[Any]) -> str | None:
    """A label for a set of examples, the same in any order and for any optimizer: SHA-256 of their sorted texts."""
    try:
        texts = sorted(
            json.dumps({**inputs, **labels}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            for inputs, labels in ((jsonable(i), jsonable(e)) for i, e in map(_split, examples))
        )
    except (TypeError, ValueError):
        return None
    return "sha256:" + hashlib.sha256("\n".join(texts).encode()).hexdigest() if texts else None


def sample(
    example: Any,
    prediction: Any,
    metric: Any,
    *,
    latency_ms: float | None = None,
    usage: Usage | None = None,
    error: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """One example evaluated. `metric` is the metric's own answer: a number, or a prediction with `score` and `feedback`."""
    feedback = getattr(metric, "feedback", None)
    objectives = getattr(metric, "objective_scores", None)
    predicted = None if prediction is None else jsonable(_fields(prediction))
    return without_none(
        {
            **example_fields(example),
            "predictedOutput": predicted if predicted != {} else None,
            "score": score_of(metric),
            "scores": {str(k): s for k, v in objectives.items() if (s := score_of(v)) is not None}
            if isinstance(objectives, Mapping)
            else None,
            "success": None if error is None else False,
            "errorMessage": None if error is None else text_of(error),
            "latencyMs": latency_ms,
            **(usage.fields() if usage is not None else {}),
            "feedback": text_of(feedback) if isinstance(feedback, str) else None,
            "metadata": metadata or None,
        }
    )


def _split(example: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    fields = {key: value for key, value in _keys(example).items() if not key.startswith("dspy_")}
    declared = getattr(example, "_input_keys", None)
    if declared is None:
        return fields, {}
    return (
        {key: value for key, value in fields.items() if key in declared},
        {key: value for key, value in fields.items() if key not in declared},
    )


def _keys(example: Any) -> dict[str, Any]:
    store = getattr(example, "_store", example)
    return dict(store) if isinstance(store, Mapping) else {"value": store}


def _fields(prediction: Any) -> Any:
    store = getattr(prediction, "_store", None)
    return dict(store) if isinstance(store, Mapping) else prediction
