"""A study in a storage of Optuna's: its trials with their parameters and values."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from ..errors import OptrailError
from ..jsonable import Json, jsonable, score_of, without_none
from .trail import ImportedIteration, ImportedRun

STATUS = {"COMPLETE": "completed", "PRUNED": "pruned", "FAIL": "failed", "RUNNING": "running", "WAITING": "running"}


def read(path: str, *, study: str | None = None) -> ImportedRun:
    """Reads a study from an SQLite file, a journal file, or a storage's URL, by Optuna itself.

    Raises OptrailError where Optuna is not installed, there is no such study, or there are several and none is named.
    """
    try:
        import optuna
    except ImportError as error:
        raise OptrailError(
            "not_configured", "Optuna reads its own storages, and is not installed.", hint="pip install optuna"
        ) from error
    storage = _storage(optuna, path)
    try:
        names = sorted(optuna.get_all_study_names(storage))
    except Exception as error:
        raise OptrailError("invalid_input", f"{path} is no storage that Optuna {optuna.__version__} reads: {error}") from error
    if study is None and len(names) != 1:
        said = f"has {len(names)} studies: {', '.join(names[:20])}" if names else "has no study"
        raise OptrailError("invalid_input", f"{path} {said}.", hint="--study <name> says which.")
    if study is not None and study not in names:
        raise OptrailError("not_found", f"{path} has no study {study!r}.", hint=f"It has: {', '.join(names[:20]) or 'none'}.")
    return _run(optuna.load_study(study_name=study or names[0], storage=storage))


def _storage(optuna: Any, path: str) -> Any:
    if "://" in path:
        return path
    file = Path(path)
    if not file.is_file():
        raise OptrailError("not_found", f"There is no file {path}.")
    with file.open("rb") as opened:
        sqlite = opened.read(16).startswith(b"SQLite format 3")
    if sqlite:
        return f"sqlite:///{file.resolve()}"
    from optuna.storages.journal import JournalFileBackend

    return optuna.storages.JournalStorage(JournalFileBackend(str(file)))


def _run(study: Any) -> ImportedRun:
    iterations = [_iteration(trial) for trial in study.get_trials(deepcopy=False)]
    directions = [direction.name.lower() for direction in study.directions]
    values = [each.fields["score"] for each in iterations if each.fields.get("score") is not None]
    fields: dict[str, Json] = {
        "direction": directions[0],
        # Optuna knows no scale; one above 1 is DSPy's percentage, as MIPROv2 keeps it.
        "scoreMax": 100 if values and 1 < max(values) <= 100 else 1,
        "metadata": {
            "imported": {"from": "a study of Optuna's"},
            "directions": directions,
            "user_attrs": jsonable(study.user_attrs),
        },
    }
    return ImportedRun(study.study_name, "optuna", iterations, fields)


def _iteration(trial: Any) -> ImportedIteration:
    status = STATUS[trial.state.name]
    values = [score_of(value) for value in trial.values] if trial.values is not None else []
    # A trial that is running as the file is read may end otherwise; the run is imported as ended.
    unfinished = status == "running"
    fields: dict[str, Json] = {
        "iteration": trial.number,
        "status": "failed" if unfinished else status,
        "score": values[0] if values else None,
        "scores": {f"value_{index}": value for index, value in enumerate(values) if index and value is not None} or None,
        "params": jsonable(trial.params),
        "evalKind": "full",
        "startTime": _time(trial.datetime_start),
        "endTime": _time(trial.datetime_complete),
        "durationMs": None if trial.duration is None else max(0.0, trial.duration.total_seconds() * 1000),
        "errorMessage": "the trial had not ended when it was imported" if unfinished else None,
        "metadata": without_none(
            {"user_attrs": jsonable(trial.user_attrs) or None, "intermediate_values": jsonable(trial.intermediate_values) or None}
        ),
    }
    return ImportedIteration(without_none(fields))


def _time(moment: datetime.datetime | None) -> str | None:
    """Optuna keeps local times without saying so."""
    return None if moment is None else moment.astimezone(datetime.timezone.utc).isoformat()
