"""MIPROv2: a baseline, trials over instructions and demo sets, and full evaluations of the best so far.

Read from dspy 3.4.1, dspy/teleprompt/mipro_optimizer_v2.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, ClassVar

from ..jsonable import jsonable, score_of
from .evaluation import Evaluation
from .watch import Watch

#: What DSPy's `eval_candidate_program` gives an evaluation that broke off. It was not measured, so it is no score here.
FAILED_SCORE = 0.0


class MIPROWatch(Watch):
    """Iteration n is DSPy's `trial_logs[n]`."""

    optimizer_type: ClassVar[str | None] = "miprov2"
    first_iteration: ClassVar[int] = 1

    _chosen: Mapping[str, Any] | None = None
    _evaluations = 0
    _calls = 0

    def attach(self) -> None:
        """Looks at the choice of each trial and at what it can choose from; neither is told to callbacks."""
        self._trials: dict[str, list[int]] = defaultdict(list)
        self._choices: dict[str, Mapping[str, Any]] = {}
        self.patches.after(self.compile.optimizer, "_select_and_insert_instructions_and_demos", self._chose)
        self.patches.after(self.compile.optimizer, "_propose_instructions", self._proposed)
        self.patches.after(self.compile.optimizer, "_set_hyperparams_from_run_mode", self._resolved)

    def evaluated(self, evaluation: Evaluation) -> None:
        """A baseline, a trial, or the full evaluation of a trial's program."""
        self._evaluations += 1
        self._calls += len(evaluation.devset)
        choice, self._chosen = self._chosen, None
        key = "" if evaluation.program is None else evaluation.program.key
        params: dict[str, Any] = {"trial": self._evaluations, "eval_calls": self._calls}
        if evaluation.error is not None:
            params["counted_as"] = FAILED_SCORE
        if self._evaluations == 1:
            self.record(evaluation, isBaseline=True, params={"role": "baseline", **params})
        elif choice is not None:
            role = "minibatch_trial" if evaluation.minibatch else "trial"
            self._choices[key] = choice
            self._trials[key].append(self.record(evaluation, params={"role": role, **params, **choice}))
        else:
            # DSPy evaluates in full the program with the best mean over its minibatches: the same program, by its content.
            trials = self._trials.get(key, [])
            self.record(
                evaluation,
                parentIterations=trials[:1],
                params={"role": "full_evaluation", **params, "minibatch_trials": trials, **self._choices.get(key, {})},
            )

    def compiled(self, program: Any) -> None:
        """Adds what DSPy reports itself."""
        super().compiled(program)
        logs = getattr(program, "trial_logs", None)
        if isinstance(logs, Mapping) and logs:
            last = logs[max(logs)]
            self.note(
                reported={
                    "score": score_of(getattr(program, "score", None)),
                    "trials": len(logs),
                    "eval_calls": jsonable(last.get("total_eval_calls_so_far")),
                }
            )

    def close(self) -> None:
        """The budget that was spent, on evaluations and on models."""
        self.note(budget={"eval_calls": self._calls, "model_calls": self.usage.calls})

    def _chose(self, arguments: Mapping[str, Any], _result: Any) -> None:
        number = arguments["trial_num"]
        self._chosen = {str(name): index for name, index in arguments["trial_logs"][number].items() if isinstance(index, int)}

    def _proposed(self, arguments: Mapping[str, Any], result: Any) -> None:
        demo_sets = arguments.get("demo_candidates") or {}
        sets = demo_sets.items() if isinstance(demo_sets, Mapping) else enumerate(demo_sets)
        self.note(
            instruction_candidates={str(index): jsonable(texts) for index, texts in result.items()},
            demo_set_sizes={str(index): [len(demos) for demos in each] for index, each in sets},
        )
        self.run.update(metadata=self.metadata)

    def _resolved(self, _arguments: Mapping[str, Any], result: Any) -> None:
        trials, valset, minibatch, instructions, demo_sets = result
        self.note(
            resolved={
                "num_trials": trials,
                "valset_size": len(valset),
                "minibatch": minibatch,
                "num_instruct_candidates": instructions,
                "num_fewshot_candidates": demo_sets,
            }
        )
