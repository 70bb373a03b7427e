"""Any Python value as JSON that the server takes."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import math
from collections.abc import Mapping
from typing import Any

#: A JSON value. (mypy has no recursive type that is short to write.)
Json = Any

#: The server refuses what is nested deeper than 64; the value stands inside of a few objects itself.
MAX_DEPTH = 56
#: Longest text that is indexed: names, models, metrics.
MAX_NAME = 200
#: Longest free text: error messages, feedback.
MAX_TEXT = 1_000_000

#: Most values of one copy. A tree with parent pointers would otherwise be walked without end.
MAX_VALUES = 500_000
#: The server parses numbers as doubles: beyond this, two integers can become one.
MAX_EXACT = 2**53
#: Stand for an object that holds itself, and for what comes after MAX_VALUES.
CIRCULAR, TOO_MANY = "[circular]", "[too many values]"

REPLACEMENT = "\ufffd"


def jsonable(value: Any, *, exact: bool = False) -> Json:
    """Copies a value as JSON. What has no form in JSON becomes its text; NaN and infinities become null.

    An object inside itself and what exceeds MAX_VALUES become markers. With ``exact``, an integer that a double cannot hold
    becomes its text, so that two 64-bit ids stay two.
    """
    return _Copy(exact).of(value, 0)


class _Copy:
    """One copy: the objects that are open above the present one, and how many values were copied."""

    def __init__(self, exact: bool) -> None:
        self._exact = exact
        self._open: set[int] = set()
        self._values = 0

    def of(self, value: Any, depth: int) -> Json:
        self._values += 1
        if self._values > MAX_VALUES:
            return TOO_MANY
        if value is None or (isinstance(value, bool | str | int | float) and not isinstance(value, enum.Enum)):
            return self._scalar(value)
        if id(value) in self._open:
            return CIRCULAR
        if depth >= MAX_DEPTH:
            return _shown(value)
        self._open.add(id(value))
        try:
            return self._inside(value, depth)
        finally:
            self._open.discard(id(value))

    def _scalar(self, value: Any) -> Json:
        if isinstance(value, str):
            return clean_text(value)
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else None
        if value is None or isinstance(value, bool):
            return value
        return str(int(value)) if self._exact and abs(value) > MAX_EXACT else int(value)

    def _inside(self, value: Any, depth: int) -> Json:
        if isinstance(value, enum.Enum):
            return self.of(value.value, depth)
        if isinstance(value, Mapping):
            return {clean_text(str(key)): self.of(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(item, depth + 1) for item in value]
        return self._other(value, depth)

    def _other(self, value: Any, depth: int) -> Json:
        if isinstance(value, set | frozenset):
            return sorted((self.of(item, depth + 1) for item in value), key=repr)
        if isinstance(value, datetime.date | datetime.time):
            return value.isoformat()
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: self.of(getattr(value, field.name), depth + 1) for field in dataclasses.fields(value)}
        for name, arguments in (("model_dump", {"mode": "json"}), ("toDict", {}), ("tolist", {})):
            method = getattr(value, name, None)
            if callable(method) and not isinstance(value, type):
                try:
                    return self.of(method(**arguments), depth + 1)
                except Exception:  # noqa: BLE001 - a caller's method that fails must not end the run: the text will do
                    break
        return _shown(value)


def _shown(value: Any) -> str:
    try:
        return clean_text(str(value))
    except Exception:  # noqa: BLE001 - what can't be shown, or is nested too deep for it
        return f"<{type(value).__name__}>"


def clean_text(text: str) -> str:
    """Replaces what PostgreSQL can't store: NUL characters and halves of surrogate pairs."""
    if "\x00" in text:
        text = text.replace("\x00", REPLACEMENT)
    if text.isascii():
        return str(text)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return str(text)


def name_of(value: Any) -> str | None:
    """A value as an indexed name; None where there is none."""
    text = "" if value is None else clean_text(str(value)).strip()
    return text[:MAX_NAME] or None


def text_of(value: Any) -> str:
    """A value as free text, cut at the server's limit."""
    return clean_text(str(value))[:MAX_TEXT]


def score_of(value: Any) -> float | None:
    """A metric's answer as a number: a number, a bool, or what has a ``score``. None where it is none."""
    value = getattr(value, "score", value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and abs(number) <= 1e100 else None


def without_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that have a value."""
    return {key: value for key, value in fields.items() if value is not None}
