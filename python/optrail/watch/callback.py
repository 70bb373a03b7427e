"""The callback that DSPy calls.

Read from dspy 3.4.1, dspy/utils/callback.py, callback_context.py and teleprompt/teleprompt.py: every compile, evaluation, module
and model call is told with an id, and `ACTIVE_CALL_ID` holds the id of the call around it, also in DSPy's own threads.
"""

from __future__ import annotations

import logging
import os
import threading
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

import dspy
from dspy.utils.callback import BaseCallback
from dspy.utils.callback_context import ACTIVE_CALL_ID

from ..client import Client
from ..errors import OptrailError
from ..ids import new_id
from ..journal import Journal
from ..jsonable import jsonable
from ..outbox import Outbox
from ..recorder import FLUSH_SECONDS, RunLabels, RunRecorder
from ..settings import Target
from .calls import Call, ModelCall, ProgramCall, error_text, milliseconds_since
from .evaluation import Evaluation
from .kinds import watch_of
from .naming import config_of, environment, run_name
from .programs import program_of
from .usage import usage_of
from .watch import Compile, Watch

log = logging.getLogger("optrail")


class DSPyCallback(BaseCallback):
    """Records every compile of a DSPy optimizer as a run of Optrail.

    `dspy.configure(callbacks=[optrail.DSPyCallback(project_id="proj_123")])` records all that follow; `optrail.track` those
    of a block. A compile is never failed or held up: what goes wrong in recording is logged, once a kind.

    Args:
        project_id: The project in the trail. The server makes it where it is new and the caller may.
        run_name: The name of the runs; without one, the optimizer's and the program's.
        tags: Labels of the runs.
        notes: Free text on the runs.
        metadata: Whatever else should stand on the runs, as JSON.
        url: The server; without one OPTRAIL_URL, else http://127.0.0.1:4700.
        api_key: Its key; without one OPTRAIL_API_KEY.
        journal: The directory for what the server can't take now; without one `.optrail/journal` of the project.

    Raises:
        OptrailError: The URL is no address of a server, the project has no name, or DSPy is older than 3.4.
    """

    def __init__(
        self,
        project_id: str,
        run_name: str | None = None,
        *,
        tags: Sequence[str] = (),
        notes: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        url: str | None = None,
        api_key: str | None = None,
        journal: str | os.PathLike[str] | None = None,
    ) -> None:
        if not hasattr(BaseCallback, "on_compile_start"):
            raise OptrailError(
                "not_configured",
                f"DSPy {dspy.__version__} tells its callbacks of no compile.",
                hint="DSPy 3.4 and newer do: pip install --upgrade dspy",
            )
        self.labels = RunLabels.checked(project_id, run_name, tags, notes, metadata)
        self.target = Target.resolve(url, api_key, journal)
        #: The ids of the runs that were begun, in their order.
        self.runs: list[str] = []
        self._outbox: Outbox | None = None
        self._calls: dict[str, Call] = {}
        self._evaluations: dict[str, Evaluation] = {}
        self._programs: dict[str, ProgramCall] = {}
        self._models: dict[str, tuple[Any, ModelCall]] = {}
        self._warned: set[str] = set()
        self._lock = threading.Lock()

    def flush(self, timeout: float = FLUSH_SECONDS) -> bool:
        """Waits until all is stored, while the server answers and for at most `timeout` seconds. Says whether it is."""
        return self._outbox is None or self._outbox.flush(timeout)

    def close(self, timeout: float = FLUSH_SECONDS) -> None:
        """Sends what it can, writes the rest into the journal. A later compile opens it anew."""
        with self._lock:
            outbox, self._outbox = self._outbox, None
        if outbox is not None:
            outbox.close(timeout)

    def __deepcopy__(self, _memo: dict[int, Any]) -> DSPyCallback:
        """A program or a model that holds the callback may be copied; the callback goes on as one."""
        return self

    # Compiles.

    def on_compile_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:
        """A run begins, unless this compile is a part of another's or of a program that answers."""
        around = self._around()
        if around is not None and (around.inside_program or around.watch is None or not around.watch.has_child_runs):
            self._calls[call_id] = Call("compile", around.watch, around.evaluation, around.program, around.inside_program)
            return
        parent = None if around is None else around.watch
        self._calls[call_id] = Call("compile", self._attempt("a run's beginning", lambda: self._begin(instance, inputs, parent)))

    def on_compile_end(self, call_id: str, outputs: Any | None, exception: BaseException | None = None) -> None:
        """The run ends."""
        call = self._calls.pop(call_id, None)
        around = self._around()
        if call is None or call.watch is None or (around is not None and around.watch is call.watch):
            return
        watch = call.watch
        watch.patches.undo()
        if exception is None:
            self._attempt("a run's result", lambda: watch.compiled(outputs))
        self._attempt("what a run held back", watch.close)
        self._attempt("a run's end", lambda: self._end(watch, exception))

    # Evaluations.

    def on_evaluate_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:
        """An evaluation within a compile begins."""
        around = self._around()
        if around is None or around.watch is None:
            return
        if around.inside_program or around.evaluation is not None:
            self._calls[call_id] = Call("evaluate", around.watch, around.evaluation, around.program, around.inside_program)
            return
        devset = inputs.get("devset")
        module = inputs.get("program")
        evaluation = Evaluation(
            module,
            program_of(module),
            list(devset if devset is not None else instance.devset),
            inputs.get("callback_metadata"),
        )
        self._evaluations[call_id] = evaluation
        self._calls[call_id] = Call("evaluate", around.watch, evaluation)

    def on_evaluate_end(self, call_id: str, outputs: Any | None, exception: BaseException | None = None) -> None:
        """The evaluation is told to the run."""
        call = self._calls.pop(call_id, None)
        evaluation = self._evaluations.pop(call_id, None)
        if call is None or call.watch is None or evaluation is None:
            return
        watch = call.watch
        evaluation.end(outputs, None if exception is None else error_text(exception))
        self._attempt("an evaluation", lambda: watch.evaluated(evaluation))

    # Programs and models.

    def on_module_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:
        """A program, or a part of one, is asked."""
        around = self._around()
        if around is None or around.watch is None:
            # No compile is recorded around it; but one that it makes while it answers is to be known as its own.
            self._calls[call_id] = around or Call("module", None, inside_program=True)
            return
        program = around.program
        if program is None:
            program = ProgramCall(instance, dict(inputs.get("kwargs") or {}))
            self._programs[call_id] = program
        self._calls[call_id] = Call("module", around.watch, around.evaluation, program, inside_program=True)

    def on_module_end(self, call_id: str, outputs: Any | None, exception: BaseException | None = None) -> None:
        """It answered, or failed to."""
        call = self._calls.pop(call_id, None)
        program = self._programs.pop(call_id, None)
        if call is None or program is None or call.watch is None:
            return
        watch, evaluation = call.watch, call.evaluation
        program.latency_ms = milliseconds_since(program.started)
        program.output = outputs
        program.error = None if exception is None else error_text(exception)
        if evaluation is not None:
            evaluation.called(program)
        else:
            self._attempt("a program's answer", lambda: watch.program_called(program))

    def on_lm_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:
        """A model is asked."""
        around = self._around()
        if around is None or around.watch is None:
            return
        self._calls[call_id] = Call("lm", around.watch, around.evaluation, around.program, around.inside_program)
        # An evaluation's prompts are its program and its example; others are kept nowhere else.
        prompt = None if around.evaluation is not None else inputs.get("messages") or inputs.get("prompt")
        self._models[call_id] = (instance, ModelCall(prompt, program=around.program))

    def on_lm_end(self, call_id: str, outputs: Any | None, exception: BaseException | None = None) -> None:
        """It answered, or failed to."""
        call = self._calls.pop(call_id, None)
        instance, model = self._models.pop(call_id, (None, None))
        if call is None or call.watch is None or model is None:
            return
        watch = call.watch
        model.usage = usage_of(instance, outputs)
        model.duration_ms = milliseconds_since(model.started)
        watch.spend(model.usage)
        if call.program is not None:
            with self._lock:
                call.program.usage.add(model.usage)
        if call.evaluation is None:
            model.prompt, model.outputs = jsonable(model.prompt), jsonable(outputs)
            model.error = None if exception is None else error_text(exception)
            self._attempt("a model's answer", lambda: watch.model_called(model))

    # What stands between a program and its models, and has an id of its own.

    def on_adapter_parse_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:
        """An adapter may ask a model to parse."""
        self._pass_on(call_id)

    def on_adapter_parse_end(self, call_id: str, outputs: Any | None, exception: BaseException | None = None) -> None:
        """It has parsed."""
        self._calls.pop(call_id, None)

    def on_tool_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:
        """A tool may ask a model."""
        self._pass_on(call_id)

    def on_tool_end(self, call_id: str, outputs: Any | None, exception: BaseException | None = None) -> None:
        """It is done."""
        self._calls.pop(call_id, None)

    def _pass_on(self, call_id: str) -> None:
        around = self._around()
        if around is not None:
            self._calls[call_id] = around

    def _around(self) -> Call | None:
        active = ACTIVE_CALL_ID.get()
        return None if active is None else self._calls.get(active)

    def _begin(self, optimizer: Any, inputs: dict[str, Any], parent: Watch | None) -> Watch | None:
        kind = watch_of(optimizer)
        with self._lock:
            if self._outbox is None:
                self._outbox = Outbox(Client(self.target), Journal(self.target.journal))
            outbox = self._outbox
        run = RunRecorder(outbox, self.labels.project_id, run_id=new_id(), first_iteration=kind.first_iteration)
        compiled = Compile(optimizer, inputs)
        watch = self._attached(kind, run, compiled)
        optimizer_type, config = config_of(watch, optimizer, compiled)
        watch.metadata = {**jsonable(self.labels.metadata), **watch.metadata, "scale": watch.scale, "dspy": environment()}
        run.start(
            run_name=run_name(self.labels.run_name, optimizer, compiled, child=parent is not None),
            optimizer_type=optimizer_type,
            config=config,
            scoreMax=watch.score_max,
            parentRunId=None if parent is None else parent.run.id,
            tags=list(self.labels.tags) or None,
            notes=self.labels.notes,
            metadata=watch.metadata,
        )
        self.runs.append(run.id)
        return watch

    def _attached(self, kind: type[Watch], run: RunRecorder, compiled: Compile) -> Watch:
        """The optimizer's own watch; where a newer DSPy is not what it looks for, the one that needs evaluations alone."""
        watch = kind(run, compiled)

        def attached() -> Watch:
            watch.attach()
            return watch

        found: Watch | None = self._attempt(f"all of {type(compiled.optimizer).__name__}", attached)
        if found is None:
            watch.patches.undo()
        return found or Watch(run, compiled)

    def _end(self, watch: Watch, exception: BaseException | None) -> None:
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

    def _attempt(self, what: str, work: Any) -> Any:
        """Records; what goes wrong is logged and goes no further."""
        try:
            return work()
        except Exception as error:
            if what not in self._warned:
                self._warned.add(what)
                log.warning("optrail: %s could not be recorded, the compile goes on: %s", what, error, exc_info=True)
            return None
