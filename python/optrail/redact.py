"""Keeps credentials out of what is recorded: settings by an allow-list, model states by name, texts by pattern."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: Stands for a value that was left out.
REDACTED = "[redacted]"

#: Longest text of a setting, in characters: names of modes and strategies are short, keys and prompts are not.
MAX_SETTING = 100

_SECRET_NAME = re.compile(
    r"key|secret|token(?!s)|passw|credential|authori[sz]|(?<![a-z])auth(?![a-z])|bearer|cookie|header|signature_secret|dsn|connection_string|webhook",
    re.IGNORECASE,
)
#: Settings of optimizers whose value is a short word. Any other text may be a credential, and is not recorded.
_WORD_SETTINGS = frozenset(
    {
        "auto",
        "strategy",
        "component_selector",
        "candidate_selection_strategy",
        "frontier_type",
        "metric_name",
        "optimizer_type",
        "mode",
        "kind",
        "selection_strategy",
        "merge_strategy",
        "name",
        "method",
    }
)
#: Texts of a model's state that name it and say how it was asked.
_MODEL_SETTINGS = frozenset(
    {
        "_dspy_lm_class",
        "model",
        "model_type",
        "finetuning_model",
        "engine",
        "reasoning_effort",
    }
)

_URL_USER = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^\s/@]+@", re.IGNORECASE)
_KNOWN_SECRETS = re.compile(
    r"""(?x)
    \b(?:sk|pk|rk)-[A-Za-z0-9_-]{12,}            # OpenAI, Anthropic, Langfuse
    | \b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{12,}  # Stripe
    | \bgh[pousr]_[A-Za-z0-9]{20,} | \bgithub_pat_[A-Za-z0-9_]{20,}
    | \bxox[abprs]-[A-Za-z0-9-]{10,}              # Slack
    | \bAKIA[0-9A-Z]{16}\b | \bAIza[0-9A-Za-z_-]{30,} | \bhf_[A-Za-z0-9]{20,} | \bgsk_[A-Za-z0-9]{20,}
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*   # JSON Web Token
    | \boptrail_[0-9A-Za-z]{8}_[0-9A-Za-z_-]{20,}
    """
)
_BEARER = re.compile(r"\b(?P<word>Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"""(?P<name>[\w-]*(?:api[_-]?key|secret|token|password|passwd|authorization|credential)[\w-]*['"]?\s*[:=]\s*['"]?)[^\s'",;)}&]{4,}""",
    re.IGNORECASE,
)


def is_secret_name(name: str) -> bool:
    """Whether a setting of this name may hold a credential."""
    return _SECRET_NAME.search(name) is not None and not name.endswith(("_tokens", "keys_only"))


def redacted_text(text: str) -> str:
    """A text without the credentials that can be told by their form: in URLs, in headers, in assignments, and well-known keys."""
    text = _URL_USER.sub(rf"\g<scheme>{REDACTED}@", text)
    text = _BEARER.sub(rf"\g<word> {REDACTED}", text)
    text = _ASSIGNED.sub(rf"\g<name>{REDACTED}", text)
    return _KNOWN_SECRETS.sub(REDACTED, text)


def plain_settings(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that can be recorded: numbers, booleans, and short words of settings that are known to be words."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if name.startswith("_") or is_secret_name(name):
            continue
        if isinstance(value, bool | int | float):
            found[name] = value
        elif isinstance(value, str) and name in _WORD_SETTINGS and len(value) <= MAX_SETTING:
            found[name] = redacted_text(value)
    return found


def without_model_secrets(state: Any) -> Any:
    """A program's state in which each ``lm`` is its model's name and plain numbers.

    Prompts, demos and signatures stay as they are.
    """
    if not isinstance(state, Mapping):
        return state
    return {key: _member(key, value) for key, value in state.items()}


def _member(key: str, value: Any) -> Any:
    if key == "lm":
        return _model(value)
    return without_model_secrets(value) if isinstance(value, Mapping) and key != "demos" else value


def _model(state: Any) -> Any:
    if not isinstance(state, Mapping):
        return None
    return {key: value for key, value in state.items() if _is_plain(key, value)}


def _is_plain(key: str, value: Any) -> bool:
    if is_secret_name(key):
        return False
    if isinstance(value, str):
        return key in _MODEL_SETTINGS and redacted_text(value) == value
    return value is None or isinstance(value, bool | int | float) or value in ({}, [])
