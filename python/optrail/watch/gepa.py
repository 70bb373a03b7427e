"""GEPA: a seed, proposals by reflection and by merging, and the full evaluations of those it accepts.

Read from gepa 0.1.4, gepa/core/callbacks.py, core/engine.py and proposer/, and dspy 3.4.1, dspy/teleprompt/gepa/. GEPA has
callbacks of its own, which dspy.GEPA hands on from `gepa_kwargs`; times, tokens and errors come from DSPy's callbacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..jsonable import jsonable
from .calls import ModelCall
from .evaluation import Evaluation
from .gepa_evaluations import GEPAEvaluations
from .reflection import Reflections
from .watch import Watch

Event = Mapping[str, Any]


@dataclass(eq=False)
class Batch:
    """A parent's minibatch, which its child is judged by."""

    parent: int
    inputs: Any
    iteration: int
    total: float


@dataclass(eq=False)
class Proposal:
    """A child between its minibatch and the engine's decision."""

    iteration: int
    parents: tuple[int, ...]
    before: float | None
    after: float
    key: str
    open: bool = True


@dataclass
class Started:
    """An evaluation that GEPA has announced."""

    event: Event
    reflection: dict[str, Any] = field(default_factory=dict)


class GEPAWatch(Watch):
    """Scores are means of the metric. GEPA's own numbers stand in the parameters: `candidate` and `round`."""

    optimizer_type: ClassVar[str | None] = "gepa"
    scale: ClassVar[str] = "mean of the metric"

    def attach(self) -> None:
        """Adds a listener to GEPA's own callbacks, behind the user's."""
        optimizer = self.compile.optimizer
        self.score_max = float(getattr(optimizer, "perfect_score", 1.0) or 1.0)
        self._evaluations = GEPAEvaluations(self.compile)
        self._started: list[Started] = []
        self._batches: list[Batch] = []
        self._proposals: list[Proposal] = []
        self._reflections = Reflections()
        self._iterations: dict[int, int] = {}
        self._front: Event | None = None
        kwargs = dict(optimizer.gepa_kwargs)
        kwargs["callbacks"] = [*(kwargs.get("callbacks") or []), self]
        self.patches.replace(optimizer, "gepa_kwargs", kwargs)

    def evaluated(self, evaluation: Evaluation) -> None:
        """Kept until GEPA says what it was."""
        self._evaluations.finished(evaluation)

    def model_called(self, call: ModelCall) -> None:
        """A reflection, if one is under way."""
        self._reflections.called(call)

    def compiled(self, program: Any) -> None:
        """The best candidate by GEPA's own count, and the front it ended with."""
        super().compiled(program)
        details = getattr(program, "detailed_results", None)
        if details is not None:
            self.note(
                reported={
                    "best_candidate": details.best_idx,
                    "candidates": len(details.candidates),
                    "metric_calls": details.total_metric_calls,
                }
            )

    # GEPA's callbacks, by the names it calls.

    def on_iteration_start(self, event: Event) -> None:
        """Where GEPA goes on with a `log_dir`, what an earlier compile found stands in its state and nowhere else."""
        state = event["state"]
        for index in range(len(self._iterations), len(state.program_candidates)):
            evaluation, scores = self._evaluations.on_valset(
                state.program_candidates[index], state.prog_candidate_val_subscores[index], None, fresh=False
            )
            parents = [parent for parent in state.parent_program_for_candidate[index] if parent is not None]
            self._iterations[index] = self.record(
                evaluation,
                self._samples(evaluation, scores),
                evalKind="full",
                score=sum(scores) / len(scores) if scores else None,
                parentIterations=self._known(parents),
                params={"role": "validation", "candidate": index, "resumed": True},
            )

    def on_valset_evaluated(self, event: Event) -> None:
        """A candidate's full evaluation: of the seed, or of what was accepted."""
        index, outputs = event["candidate_idx"], event["outputs_by_val_id"]
        evaluation, scores = self._evaluations.on_valset(event["candidate"], event["scores_by_val_id"], outputs)
        parents = [int(parent) for parent in event["parent_ids"] if parent is not None]
        accepted = self._accepted(evaluation, tuple(parents))
        params: dict[str, Any] = {
            "role": "validation" if parents else "seed",
            "candidate": index,
            "round": event["iteration"],
        }
        if accepted is not None:
            params["accepted_in"] = accepted.iteration
        if event["num_examples_evaluated"] != event["total_valset_size"]:
            params |= {"examples": event["num_examples_evaluated"], "of": event["total_valset_size"]}
        front, self._front = self._front, None
        self._iterations[index] = number = self.record(
            evaluation,
            self._samples(evaluation, scores),
            evalKind="full",
            score=event["average_score"],
            isBaseline=index == 0 or None,
            parentIterations=self._known(parents),
            params=params,
        )
        if front is not None:
            # Written afterwards, since the front names this very iteration too.
            self.run.update_iteration(number, metadata={"pareto_front": self._known(front["new_front"]),
                                                        "displaced": self._known(front["displaced_candidates"])})  # fmt: skip
            self.note(pareto_front=self._known(front["new_front"]))

    def on_pareto_front_updated(self, event: Event) -> None:
        """Told before the evaluation that moved it."""
        self._front = event

    def on_evaluation_start(self, event: Event) -> None:
        """Of several that start together, the ends come in the same order."""
        self._started.append(Started(event, self._reflections.take() if event["candidate_idx"] is None else {}))

    def on_evaluation_end(self, event: Event) -> None:
        """A minibatch: of a parent, of its child, or of a merge."""
        started = self._started.pop(0)
        inputs, scores = started.event["inputs"], list(event["scores"])
        evaluation = self._evaluations.take(list(inputs), list(event["outputs"]), scores)
        total = sum(scores)
        common = {"evalKind": "minibatch", "score": total / len(scores) if scores else None}
        samples = self._samples(evaluation, scores)
        if event["candidate_idx"] is not None:
            self._parent_minibatch(event, inputs, evaluation, samples, total, common)
        else:
            self._child_minibatch(event, started, evaluation, samples, total, common)

    def on_evaluation_skipped(self, event: Event) -> None:
        """The parent was perfect on its minibatch, or nothing of it could be traced: no proposal follows."""
        batch = next((each for each in reversed(self._batches) if each.parent == event["candidate_idx"]), None)
        if batch is not None:
            self.run.update_iteration(batch.iteration, metadata={"skipped": event["reason"]})

    def on_proposal_start(self, event: Event) -> None:
        """What a model is asked from here on is a reflection."""
        self._reflections.start(event)

    def on_proposal_end(self, event: Event) -> None:
        """The reflection made new texts."""
        self._reflections.end(event)

    def on_candidate_rejected(self, event: Event) -> None:
        """By the criterion, or by the selection strategy; GEPA says why."""
        found = [each for each in self._proposals if each.open]
        same = [each for each in found if (each.before, each.after) == (event["old_score"], event["new_score"])]
        self._decide((same or found)[:1], "rejected", event["reason"])

    def on_merge_attempted(self, event: Event) -> None:
        """Told behind its minibatch, which a cache may have answered whole: then only this says what was merged."""
        for proposal in self._proposals:
            if proposal.open and proposal.key == "" and proposal.parents == tuple(event["parent_ids"]):
                program = self._evaluations.program_of(event["merged_candidate"])
                proposal.key = program.key
                self.run.update_iteration(proposal.iteration, program=program.state)

    def on_merge_rejected(self, event: Event) -> None:
        """Its sum is below both parents'."""
        parents = tuple(event["parent_ids"])
        self._decide([each for each in self._proposals if each.open and each.parents == parents][:1], "rejected", event["reason"])

    def on_budget_updated(self, event: Event) -> None:
        """The metric calls so far."""
        self.note(budget={"metric_calls": event["metric_calls_used"], "left": event["metric_calls_remaining"]})

    def on_error(self, event: Event) -> None:
        """GEPA may go on after an error."""
        self.note(last_error={"round": event["iteration"], "error": str(event["exception"])})

    # How it is told.

    def _parent_minibatch(
        self,
        event: Event,
        inputs: Any,
        evaluation: Evaluation,
        samples: list[Any],
        total: float,
        common: dict[str, Any],
    ) -> None:
        parent = int(event["candidate_idx"])
        params = {
            "role": "parent",
            "candidate": parent,
            "round": event["iteration"],
            "reevaluates": self._iterations.get(parent),
        }
        number = self.record(evaluation, samples, params=params, **common)
        self._batches = [*self._batches[-32:], Batch(parent, inputs, number, total)]

    def _child_minibatch(
        self,
        event: Event,
        started: Started,
        evaluation: Evaluation,
        samples: list[Any],
        total: float,
        common: dict[str, Any],
    ) -> None:
        parents = tuple(int(parent) for parent in event["parent_ids"])
        merge = len(parents) > 1
        batch = next(
            (each for each in reversed(self._batches) if (each.parent,) == parents and each.inputs is started.event["inputs"]),
            None,
        )
        params: dict[str, Any] = {"role": "merge" if merge else "proposal", "round": event["iteration"]}
        reflection = started.reflection
        if batch is not None:
            params["parent_minibatch"] = batch.iteration
        if reflection:
            params["changed"] = reflection["components"]
        number = self.record(
            evaluation,
            samples,
            parentIterations=self._known(parents),
            params=params,
            metadata={"reflection": reflection} if reflection else None,
            **common,
        )
        key = "" if evaluation.program is None else evaluation.program.key
        self._proposals.append(Proposal(number, parents, None if batch is None else batch.total, total, key))

    def _accepted(self, evaluation: Evaluation, parents: tuple[int, ...]) -> Proposal | None:
        key = "" if evaluation.program is None else evaluation.program.key
        found = next((each for each in self._proposals if each.open and each.parents == parents and each.key == key), None)
        if found is None or not parents:
            return None
        against = "" if found.before is None else f"{_figure(found.before)} -> "
        self._decide([found], "accepted", f"subsample score {against}{_figure(found.after)}")
        return found

    def _decide(self, proposals: Sequence[Proposal], decision: str, reason: str) -> None:
        for proposal in proposals:
            proposal.open = False
            self.run.update_iteration(proposal.iteration, decision=decision, decisionReason=reason)
        self._proposals = [each for each in self._proposals if each.open]

    def _known(self, candidates: Sequence[Any]) -> list[int]:
        return [self._iterations[index] for index in candidates if index in self._iterations]

    def _samples(self, evaluation: Evaluation, scores: list[float]) -> list[dict[str, Any]]:
        return [{**row.sample(), "score": jsonable(score)} for row, score in zip(evaluation.rows, scores, strict=False)]


def _figure(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
