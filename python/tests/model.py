"""A stand-in for a language model: deterministic, offline, and better the better it is prompted.

It says the label of the demonstration that shares most words with the question; without one it follows cues of the form
``word => label`` in the instructions; else it guesses by the text. Asked for instructions, it proposes such cues.
"""

from __future__ import annotations

import hashlib
import re
import time
from types import SimpleNamespace
from typing import Any

import dspy

LABELS = ("billing", "shipping", "account")
CUES = {
    "billing": ("invoice", "refund", "charged"),
    "shipping": ("parcel", "delivery", "courier"),
    "account": ("password", "login", "email"),
}
HEADER = re.compile(r"\[\[ ## (\w+) ## \]\]")


class LocalModel(dspy.BaseLM):
    """Answers in the form that DSPy's adapters ask for."""

    def __init__(self, name: str = "local/stand-in", *, delay: float = 0.0, **kwargs: Any) -> None:
        super().__init__(name, "chat", 0.0, 1000, True, **kwargs)
        self.delay = delay

    def forward(self, prompt: str | None = None, messages: list[dict[str, Any]] | None = None, **kwargs: Any) -> Any:
        if self.delay:
            time.sleep(self.delay)
        messages = messages or [{"role": "user", "content": prompt or ""}]
        count = {**self.kwargs, **kwargs}.get("n") or 1
        texts = [answer(messages, index) for index in range(count)]
        sent = sum(len(str(message["content"])) for message in messages) // 4
        got = sum(map(len, texts)) // 4
        return SimpleNamespace(
            choices=[SimpleNamespace(message=SimpleNamespace(content=text), finish_reason="stop") for text in texts],
            usage={"prompt_tokens": sent, "completion_tokens": got, "total_tokens": sent + got},
            model=self.model,
            _hidden_params={"response_cost": (sent + got) / 1e6},
        )

    def launch(self) -> None:
        """BetterTogether starts and ends local models."""

    def kill(self) -> None:
        """Nothing was started."""


class BrokenModel(LocalModel):
    """Fails on some questions."""

    def forward(self, prompt: str | None = None, messages: list[dict[str, Any]] | None = None, **kwargs: Any) -> Any:
        if messages and "courier" in str(messages[-1]["content"]):
            raise RuntimeError("the model is out of order")
        return super().forward(prompt, messages, **kwargs)


def answer(messages: list[dict[str, Any]], index: int) -> str:
    """One completion."""
    system = "\n".join(str(m["content"]) for m in messages if m["role"] == "system")
    last = str(messages[-1]["content"])
    names = _asked(system, last)
    values = {name: _value(name, system, messages, last, index) for name in names}
    if "JSON object" in last or "JSON object" in system.split("All interactions")[0]:
        import json

        return json.dumps(values)
    body = "\n\n".join(f"[[ ## {name} ## ]]\n{value}" for name, value in values.items())
    return f"{body}\n\n[[ ## completed ## ]]"


def _asked(system: str, last: str) -> list[str]:
    outputs = system.split("Your output fields are:")[-1].split("All interactions")[0]
    names = re.findall(r"\d+\. `(\w+)`", outputs)
    return names or [name for name in HEADER.findall(last) if name != "completed"] or ["answer"]


def _value(name: str, system: str, messages: list[dict[str, Any]], last: str, index: int) -> str:
    if name == "label":
        topic = _field(last, "topic")
        return topic if topic in LABELS else _label(system, messages, last)
    if name == "topic":
        return next((label for word, label in _cues(system) if word in _words(_field(last, "ticket"))), "unknown")
    if name in {"proposed_instruction", "improved_instruction", "new_instruction"} or "instruction" in name:
        return _instruction(last, index)
    if name == "proposed_prefix_for_output_field":
        return "Label:"
    if name == "discussion" or name == "trajectory":
        return "The words of a ticket say where it belongs."
    if "advice" in name:
        return "Mind the words: refund => billing, parcel => shipping."
    return f"Words decide; seen {_digest(last + str(index)) % 97}."


def _instruction(seen: str, index: int) -> str:
    seed = _digest(seen + str(index))
    words = [(word, label) for label, words in CUES.items() for word in words]
    chosen = [words[(seed >> shift) % len(words)] for shift in (0, 5, 11, 17)]
    cues = ", ".join(f"{word} => {label}" for word, label in dict.fromkeys(chosen))
    return f"Say which desk a ticket belongs to. Cues: {cues}"


def _label(system: str, messages: list[dict[str, Any]], last: str) -> str:
    question = _words(_field(last, "ticket"))
    best, found = 0, None
    turns = messages[1:-1]
    for asked, said in zip(turns[::2], turns[1::2], strict=False):
        shared = len(question & _words(_field(str(asked["content"]), "ticket")))
        label = _field(str(said["content"]), "label").strip()
        if shared > best and label in LABELS:
            best, found = shared, label
    if found is not None and best >= 2:
        return found
    for word, label in _cues(system):
        if word in question:
            return label
    return found or LABELS[_digest(_field(last, "ticket")) % 3]


def _cues(system: str) -> list[tuple[str, str]]:
    return re.findall(r"(\w+) => (\w+)", system)


def _field(text: str, name: str) -> str:
    parts = HEADER.split(text)
    for key, value in zip(parts[1::2], parts[2::2], strict=False):
        if key == name:
            return value.split("Respond with")[0].strip()
    return ""


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower())) - {"the", "my", "a", "is", "i", "was", "to", "and", "of"}


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
