"""BootstrapFewShot: a teacher answers the training examples, and what the metric likes becomes demonstrations.

Read from dspy 3.4.1, dspy/teleprompt/bootstrap.py. It evaluates nothing: its attempts are one `bootstrap` iteration, whose
program is the result.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from ..jsonable import without_none
from ..recorder import now
from .calls import ProgramCall, milliseconds_since
from .examples import input_values, sample
from .programs import program_of
from .usage import Usage
from .watch import Watch


class BootstrapWatch(Watch):
    """An attempt is a sample; the share of attempts that were kept is the score, as DSPy counts them."""

    optimizer_type: ClassVar[str | None] = "bootstrap_fewshot"
    score_max: float = 1
    scale: ClassVar[str] = "attempts kept, of all attempts"

    def attach(self) -> None:
        """Looks at each attempt and at what the metric said of it; DSPy has no callback for either."""
        optimizer = self.compile.optimizer
        self._start, self._started = now(), time.perf_counter()
        self._attempts: list[dict[str, Any]] = []
        self._kept = 0
        self._call: ProgramCall | None = None
        self._value: Any = None
        self._rounds = Usage()
        self._written = False
        if callable(getattr(optimizer, "metric", None)):
            self.patches.replace(optimizer, "metric", self._listening(optimizer.metric))
        self.patches.after(optimizer, "_bootstrap_one_example", self._attempted)

    def settings(self) -> dict[str, Any]:
        """DSPy takes 0 for no rounds, and then makes no attempt."""
        return {key: value for key, value in super().settings().items() if key != "error_count"}

    def program_called(self, call: ProgramCall) -> None:
        """The teacher answered."""
        self._call = call

    def compiled(self, program: Any) -> None:
        """The student with its demonstrations."""
        result = program_of(program)
        number = self._write(program=None if result is None else result.state, status="completed")
        self.run.update(bestIteration=number)

    def close(self) -> None:
        """Where the compile failed, what was tried is kept all the same."""
        if self._attempts and not self._written:
            self._write(status="failed", errorMessage="the compile ended before its program was made")

    def _listening(self, metric: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(metric)
        def heard(*args: Any, **kwargs: Any) -> Any:
            self._value = metric(*args, **kwargs)
            return self._value

        return heard

    def _attempted(self, arguments: Mapping[str, Any], kept: Any) -> None:
        example = arguments["example"]
        call, value = self._call, self._value
        self._call = self._value = None
        if call is not None and call.inputs != input_values(example):
            call = None
        error = None if call is None else call.error
        if error is None and value is None and not kept and getattr(self.compile.optimizer, "metric", None) is not None:
            error = "the teacher or the metric raised an error; DSPy's log says which"
        self._kept += bool(kept)
        if call is not None:
            self._rounds.add(call.usage)
        self._attempts.append(
            sample(
                example,
                None if call is None else call.output,
                value,
                latency_ms=None if call is None else call.latency_ms,
                usage=None if call is None else call.usage,
                error=error,
                metadata={"demonstration": bool(kept), "round": arguments.get("round_idx", 0)},
            )
        )

    def _write(self, **fields: Any) -> int:
        self._written = True
        attempts = len(self._attempts)
        self.label(self.compile.examples("trainset"))
        number = self.run.iteration(
            **without_none(
                {
                    "evalKind": "bootstrap",
                    "score": self._kept / attempts if attempts else None,
                    "params": {
                        "role": "result",
                        "attempts": attempts,
                        "bootstrapped": self._kept,
                        "score_is": self.scale,
                    },
                    "startTime": self._start,
                    "endTime": now(),
                    "durationMs": milliseconds_since(self._started),
                    **self._rounds.fields(),
                    **fields,
                }
            )
        )
        self.run.samples(number, self._attempts)
        return number
