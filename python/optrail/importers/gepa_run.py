"""A run_dir of GEPA: its candidates, who comes from whom, and their scores for each example.

Read from gepa 0.1.4, gepa/core/state.py. `gepa_state.bin`, which has the scores, is a pickle; `candidates.json`, beside it, is not
and has the texts alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import OptrailError
from ..jsonable import Json, jsonable, score_of, without_none
from .dspy_state import unpickle
from .trail import ImportedIteration, ImportedRun

STATE = "gepa_state.bin"
CANDIDATES = "candidates.json"


def read(path: Path, *, allow_pickle: bool) -> ImportedRun:
    """Reads a run_dir. Raises OptrailError where it is none, or where its scores are in a pickle that nobody vouched for."""
    folder = path.parent if path.name in {STATE, CANDIDATES} else path
    if allow_pickle and (folder / STATE).exists():
        return _state(folder, unpickle(folder / STATE, allow_pickle=True))
    if (folder / STATE).exists() and path.name != CANDIDATES:
        raise OptrailError(
            "invalid_input",
            f"The scores of {folder} are in {STATE}, a pickle, and loading a pickle runs what its author put into it.",
            hint=f"If you made it yourself, or trust who did: --allow-pickle. The texts alone: {folder / CANDIDATES}.",
        )
    if (folder / CANDIDATES).exists():
        return _candidates(folder)
    raise OptrailError("invalid_input", f"{path} is no run_dir of GEPA.", hint=f"Looked for {STATE} and {CANDIDATES}.")


def _state(folder: Path, state: Any) -> ImportedRun:
    if not isinstance(state, Mapping) or "program_candidates" not in state:
        raise OptrailError("invalid_input", f"{folder / STATE} is no state of GEPA's.")
    candidates = list(state["program_candidates"])
    parents = list(state.get("parent_program_for_candidate") or [[]] * len(candidates))
    subscores = [
        dict(each) if isinstance(each, Mapping) else dict(enumerate(each))
        for each in state.get("prog_candidate_val_subscores") or []
    ]
    discovered = list(state.get("num_metric_calls_by_discovery") or [])
    whole = max((len(each) for each in subscores), default=0)
    iterations = []
    for index, texts in enumerate(candidates):
        scores = subscores[index] if index < len(subscores) else {}
        values = [score for score in map(score_of, scores.values()) if score is not None]
        fields: dict[str, Json] = {
            "iteration": index,
            "status": "completed",
            "evalKind": "full" if values and len(scores) == whole else "minibatch" if values else "bootstrap",
            "score": sum(values) / len(values) if values else None,
            "program": dict(texts),
            "isBaseline": index == 0 or None,
            "parentIterations": [parent for parent in parents[index] if parent is not None],
            "params": {
                "candidate": index,
                "role": "validation" if index else "seed",
                "metric_calls": jsonable(discovered[index]) if index < len(discovered) else None,
            },
        }
        samples = [
            {"exampleId": str(key), "score": score_of(score)} for key, score in sorted(scores.items(), key=lambda kv: str(kv[0]))
        ]
        iterations.append(ImportedIteration(without_none(fields), samples))
    front = state.get("program_at_pareto_front_valset") or {}
    on_front = sorted({int(index) for best in front.values() for index in best})
    metadata = {
        "imported": {"from": "a run_dir of GEPA"},
        "pareto_front": on_front,
        "budget": {"metric_calls": jsonable(state.get("total_num_evals"))},
        "rounds": jsonable(state.get("i")),
    }
    return ImportedRun(folder.name or "gepa", "gepa", iterations, {"metadata": metadata})


def _candidates(folder: Path) -> ImportedRun:
    try:
        candidates = json.loads((folder / CANDIDATES).read_bytes())
    except ValueError as error:
        raise OptrailError("invalid_input", f"{folder / CANDIDATES} can't be read as JSON: {error}") from error
    if not isinstance(candidates, list) or not all(isinstance(each, Mapping) for each in candidates):
        raise OptrailError("invalid_input", f"{folder / CANDIDATES} is no list of candidates.")
    iterations = [
        ImportedIteration(
            without_none(
                {
                    "iteration": index,
                    "status": "completed",
                    "evalKind": "bootstrap",
                    "program": dict(texts),
                    "isBaseline": index == 0 or None,
                    "params": {"candidate": index, "role": "validation" if index else "seed"},
                }
            )
        )
        for index, texts in enumerate(candidates)
    ]
    metadata = {"imported": {"from": f"{CANDIDATES} of a run_dir of GEPA", "scores": f"in {STATE}, which was not loaded"}}
    return ImportedRun(folder.name or "gepa", "gepa", iterations, {"metadata": metadata})
