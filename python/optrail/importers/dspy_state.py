"""DSPy's own files: a saved state, the `evaluated_programs` of MIPROv2's log_dir, and a whole program with its candidates."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import OptrailError
from ..jsonable import Json, jsonable, score_of, without_none
from ..watch.programs import Program, predictors, program_from, program_of
from .trail import ImportedIteration, ImportedRun

#: MIPROv2 saves `program_<trial>.json` and `program_<trial>_full_eval.json`; -1 is the program as given.
LOGGED = re.compile(r"^program_(-?\d+)(_full_eval)?[.](json|pkl)$")


def read(path: Path, *, allow_pickle: bool) -> ImportedRun:
    """Reads a file or a directory of DSPy's. Raises OptrailError where it is none, or a pickle that nobody vouched for."""
    if path.is_dir() and (path / "program.pkl").exists():
        return _whole_program(path, allow_pickle=allow_pickle)
    if path.is_dir():
        return _log_dir(path)
    if path.suffix == ".json":
        return _json(path)
    if path.suffix in {".pkl", ".pickle"}:
        state = unpickle(path, allow_pickle=allow_pickle)
        return _states(path.stem, [{"program": state}])
    raise OptrailError(
        "invalid_input",
        f"{path} is no file of DSPy's.",
        hint="Give a state that program.save() wrote (.json, .pkl), its directory, or the log_dir of MIPROv2.",
    )


def unpickle(path: Path, *, allow_pickle: bool) -> Any:
    """Loads a pickle, if its owner was vouched for: what it holds is run."""
    if not allow_pickle:
        raise OptrailError(
            "invalid_input",
            f"{path} is a pickle, and loading a pickle runs what its author put into it.",
            hint="If you made it yourself, or trust who did: --allow-pickle. It is loaded here and never by the server.",
        )
    import cloudpickle

    with path.open("rb") as file:
        return cloudpickle.load(file)


def _json(path: Path) -> ImportedRun:
    content = _read_json(path)
    if isinstance(content, list):
        if not all(isinstance(each, Mapping) and "program" in each for each in content):
            raise _no_state(path, "a list whose items have `program`")
        return _states(path.stem, content)
    return _states(path.stem, [{"program": content}], path)


def _log_dir(path: Path) -> ImportedRun:
    folder = path / "evaluated_programs" if (path / "evaluated_programs").is_dir() else path
    found = sorted((int(match[1]), match[2] is not None, each) for each in folder.iterdir() if (match := LOGGED.match(each.name)))
    if not found:
        raise _no_state(path, "program_<trial>.json in evaluated_programs/")
    minibatches = any(full for _, full, _ in found)
    iterations = []
    for trial, full, file in found:
        program = _program(_read_json(file), file)
        role = "baseline" if trial == -1 else "full_evaluation" if full else "trial"
        params = {"role": role, **({} if trial == -1 else {"trial": trial})}
        # Without full evaluations of their own the trials were such.
        kind = "full" if full or trial == -1 or not minibatches else "minibatch"
        iterations.append(
            _iteration(program, 1 if trial == -1 else trial, evalKind=kind, isBaseline=trial == -1 or None, params=params)
        )
    fields = {"metadata": {"imported": {"from": "MIPROv2's log_dir", "scores": "DSPy saves none there"}}}
    return ImportedRun(path.name or "miprov2", "miprov2", iterations, fields)


def _whole_program(path: Path, *, allow_pickle: bool) -> ImportedRun:
    return of_program(unpickle(path / "program.pkl", allow_pickle=allow_pickle), path.name)


def of_program(module: Any, name: str) -> ImportedRun:
    """A compiled program with the candidates that its optimizer left on it."""
    candidates = getattr(module, "candidate_programs", None) or []
    states = [each for each in candidates if isinstance(each, Mapping) and each.get("program") is not None]
    if not states:
        states = [{"program": module, "score": getattr(module, "score", None)}]
    return _states(name, states)


def _states(name: str, candidates: Sequence[Mapping[str, Any]], path: Path | None = None) -> ImportedRun:
    """`candidate_programs`: each has a program or its state, and what else the optimizer noted."""
    iterations = []
    for index, candidate in enumerate(candidates):
        given = candidate["program"]
        program = program_of(given) if hasattr(given, "dump_state") else _program(given, path or Path(name))
        if program is None:
            continue
        notes = {
            key: jsonable(value)
            for key, value in candidate.items()
            if key not in {"program", "score"} and isinstance(value, str | int | float | bool)
        }
        score = score_of(candidate.get("score"))
        kind = "minibatch" if candidate.get("full_eval") is False else "bootstrap" if score is None else "full"
        subscores = candidate.get("subscores")
        samples = [{"score": score_of(each)} for each in subscores] if isinstance(subscores, list) else []
        iterations.append(_iteration(program, index, samples, evalKind=kind, score=score, params=notes))
    scores = [each.fields["score"] for each in iterations if each.fields.get("score") is not None]
    # DSPy's candidates of one run are either percentages or means; a mean never passes 1.
    top = 100 if any(score > 1 for score in scores) else 1
    fields: dict[str, Json] = {"scoreMax": top, "metadata": {"imported": {"from": "DSPy"}, **_versions(candidates)}}
    if not scores:
        fields["bestIteration"] = 0
    return ImportedRun(name, "custom", iterations, fields)


def _iteration(program: Program, number: int, samples: Sequence[Mapping[str, Json]] = (), **fields: Json) -> ImportedIteration:
    return ImportedIteration(
        without_none({"iteration": number, "status": "completed", "program": program.state, **fields}), samples
    )


def _program(state: Any, path: Path) -> Program:
    program = program_from(
        {key: value for key, value in state.items() if key != "metadata"} if isinstance(state, Mapping) else state
    )
    if not predictors(program):
        raise _no_state(path, "predictors with their `signature`")
    return program


def _versions(candidates: Sequence[Mapping[str, Any]]) -> dict[str, Json]:
    for candidate in candidates:
        state = candidate["program"]
        if isinstance(state, Mapping) and isinstance(state.get("metadata"), Mapping):
            return {"dspy": jsonable(state["metadata"])}
    return {}


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise OptrailError("invalid_input", f"{path} can't be read as JSON: {error}") from error


def _no_state(path: Path, looked_for: str) -> OptrailError:
    return OptrailError("invalid_input", f"{path} is no state of a DSPy program.", hint=f"Looked for {looked_for}.")
