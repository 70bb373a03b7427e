"""What GEPA counts as an evaluation, joined to what DSPy told of it.

Read from gepa 0.1.4, gepa/core/engine.py, and dspy 3.4.1, dspy/teleprompt/gepa/gepa_utils.py. GEPA's events have scores and
outputs; times, tokens, errors and the program stand in DSPy's evaluations. They are matched by the very objects: examples and
predictions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .evaluation import Evaluation, Row
from .programs import Program, program_from, program_of
from .watch import Compile


class GEPAEvaluations:
    """DSPy's evaluations until GEPA says what they were."""

    def __init__(self, compiled: Compile) -> None:
        self._compile = compiled
        self._finished: list[Evaluation] = []

    def finished(self, evaluation: Evaluation) -> None:
        """DSPy has ended one."""
        self._finished.append(evaluation)

    def take(self, examples: list[Any], outputs: list[Any] | None, scores: list[float], *, fresh: bool = True) -> Evaluation:
        """One of GEPA's: DSPy's, and what a cache of GEPA's answered. Of the seed GEPA tells no outputs; `fresh=False` has none."""
        rows: list[Row | None] = [None] * len(scores)
        found = next((each for each in self._finished if fresh and _covers(each, examples, outputs)), None)
        if found is None:
            found = Evaluation(None, None, examples, None)
        else:
            self._finished.remove(found)
            for row in found.rows:
                rows[next(place for place in _places(row, examples, outputs) if rows[place] is None)] = row
        told = outputs or [None] * len(scores)
        pairs = zip(rows, examples, told, scores, strict=False)
        found.rows = [row or Row(example, output, score, None, None) for row, example, output, score in pairs]
        found.devset = examples
        return found

    def on_valset(
        self, candidate: Mapping[str, str], scores: Mapping[Any, float], outputs: Mapping[Any, Any] | None, *, fresh: bool = True
    ) -> tuple[Evaluation, list[float]]:
        """A candidate's evaluation on the valset, in the valset's order, and its scores."""
        ids = sorted(scores) if all(isinstance(each, int) for each in scores) else list(scores)
        values = [scores[each] for each in ids]
        told = [outputs.get(each) for each in ids] if outputs else None
        evaluation = self.take(self._examples(ids), told, values, fresh=fresh)
        if evaluation.program is None:
            evaluation.program = self.program_of(candidate)
        return evaluation, values

    def program_of(self, candidate: Mapping[str, str]) -> Program:
        """A candidate's program, as DspyAdapter.build_program makes it; its texts alone where they are not all instructions."""
        module = self._compile.student.deepcopy()
        predictors = dict(module.named_predictors())
        if not set(candidate) <= set(predictors):
            return program_from(dict(candidate))
        for name, text in candidate.items():
            predictors[name].signature = predictors[name].signature.with_instructions(text)
        return program_of(module) or program_from(dict(candidate))

    def _examples(self, ids: list[Any]) -> list[Any]:
        valset = self._compile.inputs.get("valset") or self._compile.inputs.get("trainset")
        if isinstance(valset, list):
            return [valset[each] for each in ids]
        fetch = getattr(valset, "fetch", None)
        return [] if fetch is None else list(fetch(ids))


def _places(row: Row, examples: list[Any], outputs: list[Any] | None) -> list[int]:
    """Where a row stands in what GEPA tells. A row that failed has another output there."""
    return [
        place
        for place, example in enumerate(examples)
        if example is row.example and (outputs is None or row.error is not None or outputs[place] is row.prediction)
    ]


def _covers(evaluation: Evaluation, examples: list[Any], outputs: list[Any] | None) -> bool:
    return bool(evaluation.rows) and all(_places(row, examples, outputs) for row in evaluation.rows)
