"""COPRO: rounds of proposed instructions, each evaluated in full.

Read from dspy 3.4.1, dspy/teleprompt/copro_optimizer.py.
"""

from __future__ import annotations

from typing import Any, ClassVar

from .calls import ModelCall, ProgramCall
from .evaluation import Evaluation
from .programs import Program, changed, instructions
from .watch import Watch


class COPROWatch(Watch):
    """A proposal for each predictor opens a depth; then candidate after candidate is evaluated, predictor by predictor."""

    optimizer_type: ClassVar[str | None] = "copro"

    def attach(self) -> None:
        """COPRO tells the depth of a candidate only at its end, and of the best of a kind alone: it is counted here."""
        self._predictors = max(1, len(self.compile.student.predictors()))
        self._proposals = 0
        #: How many candidates each predictor has: of the last proposal, or of all where there are several predictors.
        self._candidates: list[int] = [0] * self._predictors
        self._left: list[int] = []
        self._reflection: dict[str, Any] = {}

    def program_called(self, call: ProgramCall) -> None:
        """The proposer answered, with one or several instructions."""
        made = len(getattr(call.output, "completions", None) or [])
        index = self._proposals % self._predictors
        first = self._proposals < self._predictors
        self._proposals += 1
        # The predictor's own instruction is the last candidate of the first depth.
        made += first
        self._candidates[index] = self._candidates[index] + made if self._predictors > 1 else made
        if index == self._predictors - 1:
            self._left = list(self._candidates)

    def model_called(self, call: ModelCall) -> None:
        """Keeps the prompt and the answer of the proposal that the next candidates come from."""
        self._reflection = {"prompt": call.prompt, "output": call.outputs, **call.usage.fields()}

    def evaluated(self, evaluation: Evaluation) -> None:
        """The next candidate."""
        params: dict[str, Any] = {"depth": max(0, (self._proposals - 1) // self._predictors)}
        predictor = next((index for index, left in enumerate(self._left) if left > 0), None)
        if predictor is not None:
            params |= {"predictor": predictor, "candidate": self._candidates[predictor] - self._left[predictor]}
            self._left[predictor] -= 1
        params["changed"] = self._changed(evaluation.program)
        reflection, self._reflection = self._reflection, {}
        self.record(evaluation, params=params, metadata={"proposal": reflection} if reflection else None)

    def compiled(self, program: Any) -> None:
        """Adds how many evaluations DSPy counted."""
        super().compiled(program)
        self.note(reported={"total_calls": getattr(program, "total_calls", None)})

    def _changed(self, program: Program | None) -> list[str]:
        given, tried = instructions(self.given), instructions(program)
        texts = [name for name, text in tried.items() if given.get(name) != text]
        return texts or [name.removesuffix(".instructions") for name in changed(self.given, program)]
