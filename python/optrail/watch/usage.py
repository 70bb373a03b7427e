"""What calls of language models took.

Read from dspy 3.4.1, dspy/clients/execution.py and base_lm.py: the callbacks tell no usage, the model's history does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: How many of a model's last calls are looked through for the one that just ended.
LOOK_BACK = 256


@dataclass
class Usage:
    """Tokens and US dollars of some calls. What a cache answered took none."""

    calls: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    cost: float = 0.0
    counted: bool = False
    priced: bool = False

    def add(self, other: Usage) -> None:
        """Adds what other calls took."""
        self.calls += other.calls
        self.cached += other.cached
        self.prompt_tokens += other.prompt_tokens
        self.completion_tokens += other.completion_tokens
        self.total_tokens += other.total_tokens
        self.cost += other.cost
        self.counted = self.counted or other.counted
        self.priced = self.priced or other.priced

    def fields(self) -> dict[str, Any]:
        """As fields of a sample or an iteration; nothing where no model told."""
        if not self.counted:
            return {}
        tokens = {
            "promptTokens": self.prompt_tokens,
            "completionTokens": self.completion_tokens,
            "totalTokens": self.total_tokens,
        }
        return {**tokens, "costUsd": self.cost} if self.priced else tokens


def usage_of(lm: Any, outputs: Any) -> Usage:
    """What one call took, by the model's own history: its entry is the one that holds these very outputs."""
    entry = _entry(lm, outputs)
    if entry is None:
        return Usage(calls=1)
    told = entry.get("usage") or {}
    if not told:
        # A cache's answer keeps the cost of the call that filled it, and no usage; only DSPy's own models have a cache.
        cached = hasattr(lm, "_engine_spec") and bool(getattr(lm, "cache", False))
        return Usage(calls=1, cached=int(cached), counted=cached)
    prompt = _count(told, "prompt_tokens", "input_tokens")
    completion = _count(told, "completion_tokens", "output_tokens")
    total = _count(told, "total_tokens") or prompt + completion
    cost = entry.get("cost")
    priced = isinstance(cost, int | float) and cost >= 0
    return Usage(
        calls=1,
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=total,
        cost=float(cost) if priced and cost is not None else 0.0,
        counted=True,
        priced=priced,
    )


def _entry(lm: Any, outputs: Any) -> Mapping[str, Any] | None:
    history = getattr(lm, "history", None)
    if outputs is None or not isinstance(history, list):
        return None
    for entry in reversed(history[-LOOK_BACK:]):
        if isinstance(entry, Mapping) and (entry.get("outputs") is outputs or entry.get("response") is outputs):
            return entry
    return None


def _count(told: Mapping[str, Any], *names: str) -> int:
    for name in names:
        value = told.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return int(value)
    return 0
