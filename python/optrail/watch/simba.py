"""SIMBA: trajectories sampled over a minibatch, candidates made of them, and in the end the best on the training set.

Read from dspy 3.4.1, dspy/teleprompt/simba.py and simba_utils.py. It calls no `dspy.Evaluate`: what it runs is looked at in
`wrap_program`, which it calls for each pair of a program and an example, block after block.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..recorder import now
from .calls import ProgramCall, milliseconds_since
from .evaluation import Evaluation
from .examples import sample
from .programs import Program, changed, program_of
from .watch import Watch

MODULE = "dspy.teleprompt.simba"
_watching: ContextVar[SIMBAWatch | None] = ContextVar("optrail_simba", default=None)
_patched = threading.Lock()


@dataclass(eq=False)
class Entry:
    """A program and an example, to be run."""

    module: Any
    #: SIMBA's number of the program that this one was copied from.
    source: int | None
    example: Any = None
    result: dict[str, Any] | None = None
    call: ProgramCall | None = None
    latency_ms: float = 0.0

    def sample(self, **metadata: Any) -> dict[str, Any]:
        """As it is stored."""
        result = self.result or {}
        error = None if self.call is None else self.call.error
        if error is None and result.get("prediction") is None:
            error = "the program gave no prediction"
        row = sample(
            self.example,
            result.get("prediction"),
            result.get("score", 0.0),
            latency_ms=self.latency_ms if self.call is None else self.call.latency_ms,
            usage=None if self.call is None else self.call.usage,
            error=error,
            metadata=metadata,
        )
        feedback = (result.get("output_metadata") or {}).get("feedback")
        return {**row, "feedback": feedback} if isinstance(feedback, str) else row


@dataclass(eq=False)
class Block:
    """What SIMBA runs at once."""

    entries: list[Entry] = field(default_factory=list)
    done: int = 0
    start_time: str = field(default_factory=now)
    started: float = field(default_factory=time.perf_counter)

    def by_program(self) -> Iterator[list[Entry]]:
        """The entries of each program, which stand together."""
        group: list[Entry] = []
        for entry in self.entries:
            if group and group[-1].module is not entry.module:
                yield group
                group = []
            group.append(entry)
        if group:
            yield group


class SIMBAWatch(Watch):
    """Means of the metric, on its own scale. A step's candidates are minibatch iterations; the last evaluations are full."""

    optimizer_type: ClassVar[str | None] = "simba"
    score_max: float = 1
    scale: ClassVar[str] = "mean of the metric"

    def attach(self) -> None:
        """Looks at what is run, for as long as this compile runs."""
        self._block: Block | None = None
        self._blocks = threading.RLock()
        self._running = threading.local()
        self._step = -1
        self._last_kind = ""
        self._registered = 0
        self._numbers: dict[int, int] = {}
        self._by_key: dict[str, int] = {}
        self._programs: dict[int, Program | None] = {0: self.given}
        _patch_wrap_program()
        token = _watching.set(self)
        self.patches.and_then(lambda: _watching.reset(token))

    def wrapped(self, module: Any, run: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
        """A pair is about to be run: the same, and looked at."""
        with self._blocks:
            if self._block is None or self._block.done > 0:
                self._block = Block()
            block = self._block
            entry = Entry(module, getattr(module, "simba_idx", None))
            block.entries.append(entry)

        def watched(example: Any) -> dict[str, Any]:
            self._running.entry = entry
            started = time.perf_counter()
            try:
                result = run(example)
            finally:
                self._running.entry = None
            self._ran(block, entry, example, result, milliseconds_since(started))
            return result

        return watched

    def program_called(self, call: ProgramCall) -> None:
        """The program of the pair that this thread runs has answered."""
        entry = getattr(self._running, "entry", None)
        if entry is not None and entry.call is None:
            entry.call = call

    def compiled(self, program: Any) -> None:
        """The best on the training set."""
        self.declare_winner(program_of(program))
        logs = getattr(program, "trial_logs", None) or {}
        self.note(reported={"train_scores": [log.get("train_score") for log in logs.values()]})

    def _ran(self, block: Block, entry: Entry, example: Any, result: dict[str, Any], latency_ms: float) -> None:
        with self._blocks:
            if entry.result is not None:
                return  # DSPy runs a straggler twice and takes whichever is first.
            entry.example, entry.result, entry.latency_ms = example, result, latency_ms
            block.done += 1
            if block.done == len(block.entries):
                self._write(block)

    def _write(self, block: Block) -> None:
        groups = list(block.by_program())
        kind = self._kind_of(block, groups)
        self._last_kind = kind
        if kind == "sampling":
            self._step += 1
            self._write_sampling(block)
            return
        for index, group in enumerate(groups):
            if kind == "candidate":
                self._write_candidate(block, group, index)
            else:
                self._write_validation(block, group)

    def _kind_of(self, block: Block, groups: list[list[Entry]]) -> str:
        optimizer = self.compile.optimizer
        sampled = len(block.entries) == optimizer.bsize * optimizer.num_candidates
        alone = all(len(group) == 1 for group in groups)
        steps_left = self._step + 1 < optimizer.max_steps
        if sampled and alone and steps_left and (optimizer.bsize > 1 or self._last_kind != "sampling"):
            return "sampling"
        if steps_left or self._last_kind != "sampling":
            return "candidate" if steps_left else "validation"
        # After the last sampling come its candidates, if any could be made, and then the validation, the given program first.
        first = program_of(groups[0][0].module)
        whole = len(groups[0]) == len(self.compile.examples("trainset"))
        return "validation" if whole and self.is_given(first) else "candidate"

    def _write_sampling(self, block: Block) -> None:
        batch = self.compile.optimizer.bsize
        samples = [
            entry.sample(candidate=entry.source, iteration=self._numbers.get(entry.source or 0), rollout=index // batch)
            for index, entry in enumerate(block.entries)
        ]
        evaluation = self._evaluation(block, block.entries, None)
        self.record(evaluation, samples, evalKind="minibatch", params={"role": "sampling", "step": self._step})

    def _write_candidate(self, block: Block, group: list[Entry], index: int) -> None:
        program = program_of(group[0].module)
        source = group[0].source or 0
        self._registered += 1
        params = {
            "role": "candidate",
            "step": self._step,
            "candidate": self._registered,
            "source": source,
            "changed": changed(self._programs.get(source), program),
        }
        number = self.record(
            self._evaluation(block, group, program),
            [entry.sample() for entry in group],
            evalKind="minibatch",
            parentIterations=[self._numbers[source]] if source in self._numbers else [],
            params=params,
        )
        self._numbers[self._registered] = number
        self._programs[self._registered] = program
        if program is not None:
            self._by_key.setdefault(program.key, number)

    def _write_validation(self, block: Block, group: list[Entry]) -> None:
        program = program_of(group[0].module)
        number = None if program is None else self._by_key.get(program.key)
        self.record(
            self._evaluation(block, group, program),
            [entry.sample() for entry in group],
            parentIterations=[] if number is None else [number],
            params={"role": "validation", **({} if number is None else {"evaluates": number})},
        )

    def _evaluation(self, block: Block, entries: list[Entry], program: Program | None) -> Evaluation:
        """The entries as an evaluation, scored as SIMBA does: the plain mean, in their order."""
        scores = [(entry.result or {}).get("score", 0.0) for entry in entries]
        evaluation = Evaluation(None, program, [entry.example for entry in entries], None)
        evaluation.score = float(sum(scores) / len(scores))
        evaluation.start_time = block.start_time
        evaluation.duration_ms = milliseconds_since(block.started)
        for entry in entries:
            if entry.call is not None:
                evaluation.usage.add(entry.call.usage)
        return evaluation


def _patch_wrap_program() -> None:
    """Once a process; without a SIMBA that is watched the wrapper hands on what it wraps."""
    module = sys.modules[MODULE]
    with _patched:
        original = module.wrap_program
        if hasattr(original, "__optrail__"):
            return

        def wrap_program(program: Any, metric: Callable[..., Any]) -> Callable[[Any], dict[str, Any]]:
            run: Callable[[Any], dict[str, Any]] = original(program, metric)
            watch = _watching.get()
            return run if watch is None else watch.wrapped(program, run)

        wrap_program.__optrail__ = original  # type: ignore[attr-defined]
        module.wrap_program = wrap_program  # type: ignore[attr-defined]
