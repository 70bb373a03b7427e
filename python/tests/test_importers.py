"""What is on the disk already, as DSPy, GEPA and Optuna themselves write it."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import dspy
import optuna
import pytest
from conftest import Server, state
from model import LocalModel
from task import Program, exact, examples, with_feedback

from optrail.__main__ import main


@pytest.fixture
def imported(server: Server, recorded: Any, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: object) -> Any:
        capsys.readouterr()  # DSPy prints.
        code = main(["import", *map(str, arguments), "--project", "imports", "--url", server.url])
        out = capsys.readouterr()
        assert code == 0, out.err
        return recorded(out.out.strip())

    return run


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["import", *map(str, arguments), "--project", "imports", "--url", "http://127.0.0.1:1"]) == 1
    return capsys.readouterr().err


@pytest.fixture(scope="module")
def searched() -> Any:
    optimizer = dspy.BootstrapFewShotWithRandomSearch(metric=exact, num_candidate_programs=1, max_labeled_demos=2)
    return optimizer.compile(Program(), trainset=examples()[:8])


def test_a_saved_state(tmp_path: Path, imported: Any, searched: Any) -> None:
    file = tmp_path / "triage.json"
    searched.save(file)
    trail = imported("dspy", file, "--optimizer", "bootstrap_random_search")
    assert trail.run["runName"] == "triage"
    assert trail.run["optimizerType"] == "bootstrap_random_search"
    assert trail.run["metadata"]["dspy"]["dependency_versions"]["dspy"] == dspy.__version__
    (only,) = trail.iterations
    assert only["program"] == state(searched)
    assert trail.run["bestIteration"] == 0


def test_what_is_imported_twice_is_stored_once(tmp_path: Path, imported: Any, searched: Any) -> None:
    file = tmp_path / "twice.json"
    searched.save(file)
    first, second = imported("dspy", file), imported("dspy", file)
    assert first.run["id"] == second.run["id"]
    assert len(second.iterations) == 1


def test_candidate_programs_as_json(tmp_path: Path, imported: Any, searched: Any) -> None:
    file = tmp_path / "candidates.json"
    candidates = searched.candidate_programs
    file.write_text(json.dumps([{**each, "program": each["program"].dump_state()} for each in candidates]))
    trail = imported("dspy", file, "--run-name", "by hand")
    assert trail.run["runName"] == "by hand"
    assert [each["score"] for each in trail.iterations] == [each["score"] for each in candidates]
    assert [each["params"]["seed"] for each in trail.iterations] == [each["seed"] for each in candidates]
    assert [[one["score"] for one in trail.of(each["iteration"])] for each in trail.iterations] == [
        each["subscores"] for each in candidates
    ]
    assert trail.run["scoreMax"] == 100


def test_a_whole_program_needs_consent_and_brings_its_candidates(
    tmp_path: Path, imported: Any, searched: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "whole"
    searched.save(folder, save_program=True)
    said = refused(capsys, "dspy", folder)
    assert "is a pickle" in said
    assert "--allow-pickle" in said
    trail = imported("dspy", folder, "--allow-pickle")
    assert [each["score"] for each in trail.iterations] == [each["score"] for each in searched.candidate_programs]
    assert trail.number(trail.run["bestIteration"])["program"] == state(searched)


def test_the_log_dir_of_miprov2(tmp_path: Path, imported: Any) -> None:
    given = examples()
    optimizer = dspy.MIPROv2(metric=exact, auto=None, num_candidates=2, seed=3, log_dir=str(tmp_path))
    program = optimizer.compile(
        Program(), trainset=given[:6], valset=given[6:14], num_trials=2, minibatch_size=3, minibatch_full_eval_steps=2
    )
    trail = imported("dspy", tmp_path)
    assert [each["iteration"] for each in trail.iterations] == sorted(program.trial_logs)
    for number, log in program.trial_logs.items():
        told = trail.number(number)
        assert told["program"] == state(log.get("full_eval_program") or log["mb_program"])
        assert told["evalKind"] == ("full" if "full_eval_score" in log else "minibatch")
    assert trail.number(1)["isBaseline"]


def test_a_run_dir_of_gepa(tmp_path: Path, imported: Any, capsys: pytest.CaptureFixture[str]) -> None:
    given = examples()
    optimizer = dspy.GEPA(
        metric=with_feedback, max_metric_calls=60, reflection_lm=LocalModel(), track_stats=True, seed=2, log_dir=str(tmp_path)
    )
    details = optimizer.compile(Program(), trainset=given[:8], valset=given[8:16]).detailed_results
    said = refused(capsys, "gepa", tmp_path)
    assert "gepa_state.bin, a pickle" in said
    assert "candidates.json" in said
    trail = imported("gepa", tmp_path, "--allow-pickle")
    assert [each["score"] for each in trail.iterations] == pytest.approx(details.val_aggregate_scores)
    assert [each["parentIterations"] for each in trail.iterations] == [
        [parent for parent in parents if parent is not None] for parents in details.parents
    ]
    for index, each in enumerate(trail.iterations):
        assert each["program"] == {"triage": details.candidates[index].triage.signature.instructions}
        assert {int(one["exampleId"]): one["score"] for one in trail.of(index)} == details.val_subscores[index]
    assert trail.run["bestIteration"] == details.best_idx
    assert trail.run["metadata"]["budget"]["metric_calls"] == details.total_metric_calls
    texts = imported("gepa", tmp_path / "candidates.json")
    assert [each["program"] for each in texts.iterations] == [each["program"] for each in trail.iterations]
    assert all(each["score"] is None for each in texts.iterations)


def test_a_study_of_optuna(tmp_path: Path, imported: Any, capsys: pytest.CaptureFixture[str]) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    file = tmp_path / "studies.db"
    study = optuna.create_study(study_name="prompts", storage=f"sqlite:///{file}", direction="minimize")

    def objective(trial: Any) -> float:
        style = trial.suggest_categorical("style", ["short", "long"])
        if trial.number == 2:
            raise optuna.TrialPruned
        trial.set_user_attr("who", "me")
        return trial.suggest_float("temperature", 0, 1) + (style == "long")

    study.optimize(objective, n_trials=4)
    trail = imported("optuna", file)
    assert trail.run["runName"] == "prompts"
    assert trail.run["optimizerType"] == "optuna"
    assert trail.run["direction"] == "minimize"
    assert trail.run["bestIteration"] == study.best_trial.number
    for trial in study.trials:
        told = trail.number(trial.number)
        assert told["params"] == trial.params
        assert told["score"] == trial.value
        assert told["status"] == ("pruned" if trial.number == 2 else "completed")
    optuna.create_study(study_name="other", storage=f"sqlite:///{file}")
    assert "has 2 studies: other, prompts" in refused(capsys, "optuna", file)
    assert imported("optuna", file, "--study", "prompts").run["id"] == trail.run["id"]
    assert "no study 'mine'" in refused(capsys, "optuna", file, "--study", "mine")


class Trap:
    """A pickle that does something when it is loaded."""

    def __reduce__(self) -> Any:
        return (Path.touch, (Path("sprung"),))


def test_no_pickle_is_loaded_without_consent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("state.pkl", "gepa_state.bin", "program.pkl"):
        Path(name).write_bytes(pickle.dumps(Trap()))
    for arguments in (("dspy", "state.pkl"), ("gepa", "."), ("dspy", ".")):
        assert "pickle" in refused(capsys, *arguments)
    assert not Path("sprung").exists()


def test_what_is_none_of_these_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"instruction": "Be brief."}')
    assert "is no state of a DSPy program" in refused(capsys, "dspy", other)
    other.write_text("{")
    assert "can't be read as JSON" in refused(capsys, "dspy", other)
    assert "is no run_dir of GEPA" in refused(capsys, "gepa", tmp_path)
    assert "There is no" in refused(capsys, "dspy", tmp_path / "nothing")
    assert "There is no file" in refused(capsys, "optuna", tmp_path / "nothing.db")
    other.write_text(json.dumps(Program().dump_state()))
    assert "no server answers" in refused(capsys, "dspy", other)
