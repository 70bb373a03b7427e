"""The calls that DSPy's callbacks tell of, as a tree: whose compile, which evaluation, which example."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .usage import Usage

if TYPE_CHECKING:
    from .evaluation import Evaluation
    from .watch import Watch


@dataclass(eq=False)
class Call:
    """A call that has begun. What it is part of is inherited from the call around it."""

    kind: str
    #: The run that it counts to; None where no compile is recorded around it.
    watch: Watch | None
    evaluation: Evaluation | None = None
    #: The outermost call of a program around it.
    program: ProgramCall | None = None
    #: Whether it stands inside of a program, which then answers and does not optimize.
    inside_program: bool = False


@dataclass(eq=False)
class ProgramCall:
    """A program that answers once."""

    instance: Any
    inputs: dict[str, Any]
    started: float = field(default_factory=time.perf_counter)
    output: Any = None
    error: str | None = None
    latency_ms: float = 0.0
    usage: Usage = field(default_factory=Usage)


@dataclass(eq=False)
class ModelCall:
    """A language model asked outside of any evaluation: a proposal, a reflection, a teacher."""

    prompt: Any
    started: float = field(default_factory=time.perf_counter)
    outputs: Any = None
    error: str | None = None
    duration_ms: float = 0.0
    usage: Usage = field(default_factory=Usage)
    program: ProgramCall | None = None


def milliseconds_since(started: float) -> float:
    """Milliseconds since a reading of the performance counter."""
    return max(0.0, (time.perf_counter() - started) * 1000)


def error_text(error: BaseException) -> str:
    """An exception as a line."""
    return f"{type(error).__name__}: {error}"
