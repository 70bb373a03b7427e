"""What all optimizers have in common: a run, its evaluations as iterations, and its winner."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..jsonable import Json, name_of, without_none
from ..recorder import RunRecorder
from ..redact import plain_settings
from .calls import ModelCall, ProgramCall
from .evaluation import Evaluation
from .examples import eval_set_hash
from .patch import Patches
from .programs import Program, program_of
from .usage import Usage


@dataclass
class Compile:
    """A call of an optimizer."""

    optimizer: Any
    inputs: dict[str, Any]

    @property
    def student(self) -> Any:
        """The program as it was given."""
        return self.inputs.get("student")

    def examples(self, name: str) -> list[Any]:
        """`trainset` or `valset`; empty where none was given."""
        given = self.inputs.get(name)
        return list(given) if isinstance(given, list | tuple) else []


class Watch:
    """Tells one compile as a run. The base records each evaluation as an iteration; optimizers with a story of their own derive."""

    #: The slug of the optimizer in the trail.
    optimizer_type: ClassVar[str | None] = None
    #: What a perfect program scores: `dspy.Evaluate` counts in percent.
    score_max: float = 100
    scale: ClassVar[str] = "percent, as dspy.Evaluate rounds it"
    #: The number of the first iteration.
    first_iteration: ClassVar[int] = 0

    def __init__(self, run: RunRecorder, compiled: Compile) -> None:
        self.run = run
        self.compile = compiled
        self.given = program_of(compiled.student)
        self.usage = Usage()
        self.metadata: dict[str, Json] = {}
        self.baseline: int | None = None
        self.recorded = 0
        #: Iterations that can be best: number, program and score.
        self.full: list[tuple[int, Program | None, float]] = []
        self.patches = Patches()
        self._lock = threading.Lock()
        self._labelled = False

    # What a derived class may change.

    def attach(self) -> None:
        """Looks into the optimizer for as long as it compiles."""

    def evaluated(self, evaluation: Evaluation) -> None:
        """An evaluation is over."""
        self.record(evaluation)

    def program_called(self, call: ProgramCall) -> None:
        """A program answered outside of any evaluation."""

    def model_called(self, call: ModelCall) -> None:
        """A model answered outside of any evaluation."""

    def compiled(self, program: Any) -> None:
        """The optimizer returned its program."""
        result = program_of(program)
        if self.recorded > 0:
            self.declare_winner(result)
        elif result is not None:
            # Nothing was evaluated: the program it made is all there is to keep.
            number = self.run.iteration(evalKind="bootstrap", status="completed", program=result.state, params={"role": "result"})
            self.run.update(bestIteration=number)

    @property
    def has_child_runs(self) -> bool:
        """Whether compiles inside of this one are runs of their own. Those that DSPy's optimizers make are steps of theirs."""
        return not type(self.compile.optimizer).__module__.startswith("dspy.")

    def close(self) -> None:
        """The compile is over, also where it failed: writes what was held back."""

    # What they share.

    def settings(self) -> dict[str, Json]:
        """The optimizer's own plain settings, then those of this compile."""
        found = {**_plain(vars(self.compile.optimizer)), **_plain(self.compile.inputs)}
        for name in ("trainset", "valset"):
            if size := len(self.compile.examples(name)):
                found[f"{name}_size"] = size
        return found

    def record(self, evaluation: Evaluation, samples: Iterable[Mapping[str, Any]] | None = None, **fields: Any) -> int:
        """Stores an evaluation as an iteration with its samples; `fields` win over what it says itself."""
        program = evaluation.program
        failed = evaluation.error is not None
        fields = {
            "evalKind": "minibatch" if evaluation.minibatch else "full",
            "status": "failed" if failed else "completed",
            "score": evaluation.score,
            "program": None if program is None else program.state,
            "startTime": evaluation.start_time,
            "endTime": evaluation.end_time,
            "durationMs": evaluation.duration_ms,
            "errorMessage": evaluation.error,
            **evaluation.usage.fields(),
            **fields,
        }
        full = fields["evalKind"] == "full"
        if full and self.baseline is None and "isBaseline" not in fields and self.is_given(program):
            fields["isBaseline"] = True
        if full:
            self.label(evaluation.devset)
        number = self.run.iteration(**without_none(fields))
        self.recorded += 1
        if fields.get("isBaseline"):
            self.baseline = number
        if full and not failed and fields["score"] is not None:
            self.full.append((number, program, fields["score"]))
        self.run.samples(number, [row.sample() for row in evaluation.rows] if samples is None else samples)
        return number

    def is_given(self, program: Program | None) -> bool:
        """Whether a program is the one that the compile began with."""
        return program is not None and self.given is not None and program.key == self.given.key

    def label(self, examples: list[Any]) -> None:
        """Says on the run which examples its full scores are made on, so that like is ranked with like."""
        if self._labelled or not examples:
            return
        self._labelled = True
        label = eval_set_hash(examples)
        if label is not None:
            self.run.update(evalSetHash=label)

    def declare_winner(self, result: Program | None) -> None:
        """Declares the program that the optimizer returned, where the best score would name another."""
        if not self.full or result is None:
            return
        best = max(score for _, _, score in self.full)
        earliest = next(each for each in self.full if each[2] == best)
        if earliest[1] is not None and earliest[1].key == result.key:
            return
        same = [each for each in self.full if each[1] is not None and each[1].key == result.key]
        if same:
            top = max(score for _, _, score in same)
            self.run.update(bestIteration=next(number for number, _, score in same if score == top))

    def spend(self, usage: Usage) -> None:
        """Counts a model's call to the run."""
        with self._lock:
            self.usage.add(usage)

    def note(self, **metadata: Json) -> None:
        """Adds to what the run says of itself; it is written with its end."""
        self.metadata.update(metadata)


def _plain(fields: Mapping[str, Any]) -> dict[str, Json]:
    return {name_of(key) or key: value for key, value in plain_settings(fields).items()}
