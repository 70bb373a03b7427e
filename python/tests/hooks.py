"""What Optrail reads of DSPy and GEPA, by its code. `python tests/hooks.py` writes hooks.json anew, after it was read again."""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import inspect
import json
import re
from pathlib import Path
from typing import Any

DOCSTRING = re.compile(r'^[ \t]*r?"""(?:.|\n)*?"""[ \t]*$', re.MULTILINE)
FILE = Path(__file__).with_name("hooks.json")

#: Which of Optrail's files stands on what.
HOOKS = {
    "optrail/watch/callback.py": [
        "dspy.utils.callback:with_callbacks",
        "dspy.utils.callback:BaseCallback",
        "dspy.utils.callback_context:_bind_active_call_id",
        "dspy.teleprompt.teleprompt:_with_compile_callbacks",
        "dspy.teleprompt.teleprompt:Teleprompter.__init_subclass__",
    ],
    "optrail/watch/evaluation.py": [
        "dspy.evaluate.evaluate:Evaluate.__call__",
        "dspy.teleprompt.bootstrap_trace:bootstrap_trace_data",
        "dspy.teleprompt.utils:eval_candidate_program",
    ],
    "optrail/watch/usage.py": ["dspy.clients.base_lm:BaseLM._record_response", "dspy.clients.base_lm:record_history"],
    "optrail/watch/programs.py": [
        "dspy.primitives.base_module:BaseModule.dump_state",
        "dspy.primitives.base_module:BaseModule.load",
        "dspy.predict.predict:Predict.dump_state",
        "dspy.predict.predict:Predict.load_state",
    ],
    "optrail/watch/mipro.py": [
        "dspy.teleprompt.mipro_optimizer_v2:MIPROv2._optimize_prompt_parameters",
        "dspy.teleprompt.mipro_optimizer_v2:MIPROv2._select_and_insert_instructions_and_demos",
        "dspy.teleprompt.mipro_optimizer_v2:MIPROv2._propose_instructions",
        "dspy.teleprompt.mipro_optimizer_v2:MIPROv2._set_hyperparams_from_run_mode",
        "dspy.teleprompt.mipro_optimizer_v2:MIPROv2._perform_full_evaluation",
    ],
    "optrail/watch/random_search.py": ["dspy.teleprompt.random_search:BootstrapFewShotWithRandomSearch.compile"],
    "optrail/watch/bootstrap.py": [
        "dspy.teleprompt.bootstrap:BootstrapFewShot._bootstrap",
        "dspy.teleprompt.bootstrap:BootstrapFewShot._bootstrap_one_example",
    ],
    "optrail/watch/copro.py": ["dspy.teleprompt.copro_optimizer:COPRO.compile"],
    "optrail/watch/simba.py": ["dspy.teleprompt.simba:SIMBA.compile", "dspy.teleprompt.simba_utils:wrap_program"],
    "optrail/watch/plain.py": [
        "dspy.teleprompt.knn_fewshot:KNNFewShot",
        "dspy.teleprompt.bettertogether:BetterTogether._run_strategies",
        "dspy.teleprompt.bettertogether:BetterTogether._run_and_evaluate_step",
    ],
    "optrail/watch/gepa.py": [
        "dspy.teleprompt.gepa.gepa:GEPA.compile",
        "gepa.core.callbacks",
        "gepa.core.engine:GEPAEngine._add_evaluated_program",
        "gepa.core.engine:GEPAEngine._run_reflective_batch",
        "gepa.core.engine:GEPAEngine._report_rejected_proposal",
        "gepa.core.engine:GEPAEngine.run",
        "gepa.proposer.reflective_mutation.reflective_mutation:ReflectiveMutationProposer.propose",
        "gepa.proposer.merge:MergeProposer.propose",
    ],
    "optrail/watch/gepa_evaluations.py": [
        "dspy.teleprompt.gepa.gepa_utils:DspyAdapter.evaluate",
        "dspy.teleprompt.gepa.gepa_utils:DspyAdapter.build_program",
        "gepa.core.engine:GEPAEngine._evaluate_programs_on_valset",
    ],
    "optrail/importers/gepa_run.py": ["gepa.core.state:GEPAState.save", "gepa.core.state:GEPAState.load"],
}


def found(hook: str) -> Any:
    """The object that a hook names; raises where there is none any more."""
    module, _, path = hook.partition(":")
    value: Any = importlib.import_module(module)
    for name in path.split(".") if path else []:
        value = inspect.getattr_static(value, name)
    value = getattr(value, "__func__", value)
    return inspect.unwrap(value)


def fingerprint(hook: str) -> str:
    """A hash of its text, without docstrings, lines of comment and layout: the same on every version of Python."""
    text = DOCSTRING.sub("", inspect.getsource(found(hook)))
    lines = [line.strip() for line in text.splitlines()]
    kept = "\n".join(line for line in lines if line and not line.startswith("#"))
    return hashlib.sha256(kept.encode()).hexdigest()[:16]


def versions() -> dict[str, str]:
    """The versions that are installed."""
    return {name: importlib.metadata.version(name) for name in ("dspy", "gepa")}


def write() -> None:
    """Says that this is what was read."""
    hooks = {hook: fingerprint(hook) for hooks in HOOKS.values() for hook in hooks}
    FILE.write_text(json.dumps({"versions": versions(), "hooks": dict(sorted(hooks.items()))}, indent=2) + "\n")


if __name__ == "__main__":
    write()
