"""Reflections of GEPA: what the model was asked, and what it answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .calls import ModelCall
from .usage import Usage


class Reflections:
    """Joins the models' calls to the proposals they made. GEPA's events leave both texts empty where DSPy proposes."""

    def __init__(self) -> None:
        self._under_way = 0
        self._calls: list[ModelCall] = []
        self._done: list[dict[str, Any]] = []

    def start(self, _event: Mapping[str, Any]) -> None:
        """A proposal begins; several begin together before the first is made."""
        if self._under_way == 0:
            self._calls = []
        self._under_way += 1

    def called(self, call: ModelCall) -> None:
        """A model answered."""
        if self._under_way > 0:
            self._calls.append(call)

    def end(self, event: Mapping[str, Any]) -> None:
        """A proposal is made, out of those calls that said its texts; of all where none can be told apart."""
        texts = event["new_instructions"]
        alone = self._under_way <= 1
        calls = [call for call in self._calls if alone or any(_says(call, text) for text in texts.values())] or self._calls
        usage = Usage()
        for call in calls:
            usage.add(call.usage)
        self._under_way = max(0, self._under_way - 1)
        prompts, outputs = event.get("prompts") or {}, event.get("raw_lm_outputs") or {}
        self._done.append(
            {
                "components": list(texts),
                "texts": dict(texts),
                "prompt": dict(prompts) or [call.prompt for call in calls],
                "output": dict(outputs) or [call.outputs for call in calls],
                "calls": len(calls),
                "durationMs": sum(call.duration_ms for call in calls),
                **usage.fields(),
            }
        )

    def take(self) -> dict[str, Any]:
        """The reflection behind the next child to be evaluated; empty for a merge."""
        self._under_way = 0
        return self._done.pop(0) if self._done else {}


def _says(call: ModelCall, text: str) -> bool:
    said = json.dumps(call.outputs, default=str, ensure_ascii=False)
    return (
        json.dumps(text, ensure_ascii=False)[1:-1] in said
        or json.dumps(json.dumps(text, ensure_ascii=False)[1:-1], ensure_ascii=False)[1:-1] in said
    )
