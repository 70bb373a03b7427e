"""One evaluation of one program over some examples, as `dspy.Evaluate` tells it.

Read from dspy 3.4.1, dspy/evaluate/evaluate.py and teleprompt/bootstrap_trace.py.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from ..jsonable import score_of
from ..recorder import now
from .calls import ProgramCall, milliseconds_since
from .examples import input_values, sample
from .programs import Program
from .usage import Usage


@dataclass
class Row:
    """One example evaluated."""

    example: Any
    prediction: Any
    metric: Any
    call: ProgramCall | None
    error: str | None

    def sample(self, **metadata: Any) -> dict[str, Any]:
        """As it is stored."""
        return sample(
            self.example,
            self.prediction,
            self.metric,
            latency_ms=None if self.call is None else self.call.latency_ms,
            usage=None if self.call is None else self.call.usage,
            error=self.error,
            metadata=metadata,
        )


class Evaluation:
    """Between its start and its end it collects the calls of its program; then it has rows."""

    def __init__(self, module: Any, program: Program | None, devset: list[Any], metadata: dict[str, Any] | None) -> None:
        self.module = module
        #: The program as it was when the evaluation began: an optimizer may change it afterwards.
        self.program = program
        self.devset = devset
        self.minibatch = (metadata or {}).get("metric_key") == "eval_minibatch"
        self.start_time = now()
        self.end_time = self.start_time
        self.duration_ms = 0.0
        self.usage = Usage()
        self.rows: list[Row] = []
        #: On DSPy's scale of 0 to 100; None where it broke off.
        self.score: float | None = None
        self.error: str | None = None
        self._started = time.perf_counter()
        self._lock = threading.Lock()
        self._answered: dict[int, ProgramCall] = {}
        self._failed: list[ProgramCall] = []

    def called(self, call: ProgramCall) -> None:
        """The program answered, or failed to."""
        with self._lock:
            self.usage.add(call.usage)
            if call.error is None and call.output is not None:
                # Held by its identity: the call keeps the object, so that no other one gets its number.
                self._answered[id(call.output)] = call
            else:
                self._failed.append(call)

    def end(self, outputs: Any, error: str | None) -> None:
        """The evaluation is over; `outputs` is DSPy's EvaluationResult."""
        self.end_time = now()
        self.duration_ms = milliseconds_since(self._started)
        self.error = error
        self.score = score_of(outputs) if error is None else None
        for example, prediction, metric in getattr(outputs, "results", None) or []:
            self.rows.append(self._row(example, prediction, metric))
        self._answered, self._failed = {}, []

    def _row(self, example: Any, prediction: Any, metric: Any) -> Row:
        call = self._answered.get(id(prediction))
        # Where traces are captured the program returns itself with its trace (bootstrap_trace.py).
        shown = prediction[0] if isinstance(prediction, tuple) and prediction else prediction
        if call is not None:
            return Row(example, shown, metric, call, _parse_failure(shown))
        failed = self._failure_of(example)
        if failed is not None:
            return Row(example, None, metric, failed, failed.error or "the program gave no prediction")
        empty = not getattr(shown, "_store", True)
        return Row(example, shown, metric, None, "the metric raised an error; DSPy's log says which" if empty else None)

    def _failure_of(self, example: Any) -> ProgramCall | None:
        inputs = input_values(example)
        for index, call in enumerate(self._failed):
            if call.inputs == inputs:
                return self._failed.pop(index)
        return None


def _parse_failure(prediction: Any) -> str | None:
    """DSPy's FailedPrediction holds what the model said where it could not be parsed."""
    text = getattr(prediction, "completion_text", None)
    return f"the model's answer could not be parsed: {text}" if isinstance(text, str) else None
