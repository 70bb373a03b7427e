"""The beginning and the end of a run."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from ..ids import new_id
from ..jsonable import jsonable
from ..outbox import Outbox
from ..recorder import RunLabels, RunRecorder
from .calls import error_text
from .kinds import watch_of
from .naming import config_of, environment, run_name
from .watch import Compile, Watch

#: Does something and gives what it gives; None where it failed, which goes no further.
Attempt = Callable[[str, Callable[[], Any]], Any]


def begin(labels: RunLabels, outbox: Outbox, compiled: Compile, parent: Watch | None, attempt: Attempt) -> Watch:
    """Makes the run of a compile, below the parent's where there is one."""
    kind = watch_of(compiled.optimizer)
    run = RunRecorder(outbox, labels.project_id, run_id=new_id(), first_iteration=kind.first_iteration)
    watch = _attached(kind, run, compiled, attempt)
    optimizer_type, config = config_of(watch, compiled.optimizer, compiled)
    watch.metadata = {**jsonable(labels.metadata), **watch.metadata, "scale": watch.scale, "dspy": environment()}
    run.start(
        run_name=run_name(labels.run_name, compiled.optimizer, compiled, child=parent is not None),
        optimizer_type=optimizer_type,
        config=config,
        scoreMax=watch.score_max,
        parentRunId=None if parent is None else parent.run.id,
        tags=list(labels.tags) or None,
        notes=labels.notes,
        metadata=watch.metadata,
    )
    return watch


def end(watch: Watch, exception: BaseException | None) -> None:
    """Ends it as the compile ended, with what its models took."""
    spent = watch.usage
    totals: dict[str, Any] = {"metadata": {**watch.metadata, "model_calls": spent.calls}}
    if spent.counted:
        totals["totalTokens"] = spent.total_tokens
    if spent.priced:
        totals["totalCostUsd"] = spent.cost
    if exception is None:
        watch.run.finish("completed", **totals)
        return
    stack = "".join(traceback.format_exception(exception))
    status = "failed" if isinstance(exception, Exception) else "cancelled"
    watch.run.finish(status, errorMessage=error_text(exception), errorStack=stack, **totals)


def _attached(kind: type[Watch], run: RunRecorder, compiled: Compile, attempt: Attempt) -> Watch:
    """The optimizer's own watch; where a newer DSPy is not what it looks for, the one that needs evaluations alone."""
    watch = kind(run, compiled)

    def attached() -> Watch:
        watch.attach()
        return watch

    found: Watch | None = attempt(f"all of {type(compiled.optimizer).__name__}", attached)
    if found is None:
        watch.patches.undo()
    return found or Watch(run, compiled)
