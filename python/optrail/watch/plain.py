"""Optimizers that need no story of their own."""

from __future__ import annotations

from typing import Any, ClassVar

from ..jsonable import jsonable
from ..redact import plain_settings
from .evaluation import Evaluation
from .programs import program_of
from .watch import Watch


class KNNWatch(Watch):
    """KNNFewShot chooses its demonstrations when it answers: a run with no iteration.

    Read from dspy 3.4.1, dspy/teleprompt/knn_fewshot.py.
    """

    optimizer_type: ClassVar[str | None] = "knn_fewshot"
    score_max: float = 1
    scale: ClassVar[str] = "none: nothing is scored"

    def settings(self) -> dict[str, Any]:
        """`k` and the size of its training set are the retriever's."""
        retriever = getattr(self.compile.optimizer, "KNN", None)
        k, trainset = getattr(retriever, "k", None), getattr(retriever, "trainset", None) or []
        bootstrap = getattr(self.compile.optimizer, "few_shot_bootstrap_args", {})
        plain = plain_settings(bootstrap)
        return {**super().settings(), "k": k, "trainset_size": len(trainset), **plain}

    def compiled(self, program: Any) -> None:
        """Keeps the program that will look for its neighbours, since no iteration can."""
        result = program_of(program)
        self.note(program=None if result is None else result.state)


class BetterTogetherWatch(Watch):
    """BetterTogether: optimizers one after the other, each a run below this one, and an evaluation after each.

    Read from dspy 3.4.1, dspy/teleprompt/bettertogether.py.
    """

    optimizer_type: ClassVar[str | None] = "better_together"
    has_child_runs = True
    SEPARATOR: ClassVar[str] = " -> "

    def attach(self) -> None:
        """The strategy says which optimizer each evaluation comes after."""
        self._steps = str(self.compile.inputs.get("strategy") or "").split(self.SEPARATOR)
        self._evaluations = 0

    def evaluated(self, evaluation: Evaluation) -> None:
        """The program as given, then after each step."""
        done = self._steps[: self._evaluations]
        parents = [self._last] if self._evaluations > 0 else []
        strategy = self.SEPARATOR.join(done)
        params = {"strategy": strategy, "step": self._evaluations, **({"optimizer": done[-1]} if done else {})}
        self._last = self.record(evaluation, isBaseline=self._evaluations == 0 or None, parentIterations=parents, params=params)
        self._evaluations += 1

    def compiled(self, program: Any) -> None:
        """Without a validation set nothing is evaluated; the programs are kept as DSPy made them."""
        candidates = getattr(program, "candidate_programs", None) or []
        if self._evaluations == 0:
            for candidate in candidates:
                state = program_of(candidate.get("program"))
                params = {"strategy": candidate.get("strategy")}
                self._last = self.run.iteration(
                    evalKind="bootstrap",
                    status="completed",
                    program=None if state is None else state.state,
                    params=params,
                )
            self.run.update(bestIteration=self._last)
        else:
            self.declare_winner(program_of(program))
        failed = getattr(program, "flag_compilation_error_occurred", None)
        self.note(reported={"candidates": len(candidates), "compilation_error_occurred": jsonable(failed)})

    _last = 0
