from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import dspy
import pytest
from conftest import state
from model import BrokenModel
from task import Program, TwoSteps, exact, examples


def compiled() -> Any:
    given = examples()
    optimizer = dspy.MIPROv2(metric=exact, auto=None, num_candidates=3, seed=3, num_threads=2, verbose=False)
    return optimizer.compile(
        Program(), trainset=given[:12], valset=given[12:], num_trials=6, minibatch_size=5, minibatch_full_eval_steps=3
    )


@pytest.fixture(scope="module")
def mipro(tracked: Any, recorded: Any) -> Any:
    with tracked("mipro") as callback:
        program = compiled()
    assert len(callback.runs) == 1, "the bootstrapping inside of a compile is no run of its own"
    return SimpleNamespace(program=program, trail=recorded(callback.runs[0]))


def test_each_trial_is_an_iteration_with_dspys_number_score_and_indices(mipro: Any) -> None:
    logs = mipro.program.trial_logs
    assert [each["iteration"] for each in mipro.trail.iterations] == sorted(logs)
    for number, log in logs.items():
        told = mipro.trail.number(number)
        assert told["score"] == log.get("full_eval_score", log.get("mb_score"))
        assert told["evalKind"] == ("full" if "full_eval_score" in log else "minibatch")
        assert told["params"]["eval_calls"] == log["total_eval_calls_so_far"]
        assert told["program"] == state(log.get("full_eval_program") or log["mb_program"])
        chosen = {name: index for name, index in log.items() if name.endswith(("_instruction", "_demos"))}
        assert {name: told["params"].get(name) for name in chosen} == chosen


def test_the_baseline_and_the_best_are_dspys(mipro: Any) -> None:
    run = mipro.trail.run
    assert run["status"] == "completed"
    assert run["scoreMax"] == 100
    assert run["metadata"]["scale"].startswith("percent")
    assert mipro.trail.number(1)["isBaseline"]
    assert run["initialScore"] == mipro.program.trial_logs[1]["full_eval_score"]
    assert run["finalScore"] == run["bestScore"] == mipro.program.score
    assert mipro.trail.number(run["bestIteration"])["program"] == state(mipro.program)
    assert run["metadata"]["budget"]["eval_calls"] == run["metadata"]["reported"]["eval_calls"]
    assert [each["score"] for each in mipro.program.candidate_programs] == sorted(
        (each["score"] for each in mipro.trail.full), reverse=True
    )


def test_a_full_evaluation_leads_to_the_minibatch_trials_of_the_same_program_by_its_hash(mipro: Any) -> None:
    evaluations = mipro.trail.roles("full_evaluation")
    assert evaluations
    for each in evaluations:
        trials = [mipro.trail.number(number) for number in each["params"]["minibatch_trials"]]
        assert trials
        assert {trial["programHash"] for trial in trials} == {each["programHash"]}
        assert each["parentIterations"] == [trials[0]["iteration"]]
        assert each["params"]["0_predictor_instruction"] == trials[0]["params"]["0_predictor_instruction"]


def test_samples_tell_each_example(mipro: Any) -> None:
    for iteration in mipro.trail.iterations:
        samples = mipro.trail.of(iteration["iteration"])
        assert len(samples) == (12 if iteration["evalKind"] == "full" else 5)
        assert round(100 * sum(each["score"] for each in samples) / len(samples), 2) == iteration["score"]
        assert sum(each["totalTokens"] for each in samples) == iteration["totalTokens"]
        for each in samples:
            assert set(each["input"]) == {"ticket"}
            assert set(each["expectedOutput"]) == set(each["predictedOutput"]) == {"label"}
            assert each["score"] == float(each["expectedOutput"] == each["predictedOutput"])
            assert each["latencyMs"] > 0
            assert each["totalTokens"] == each["promptTokens"] + each["completionTokens"] > 0
            assert each["costUsd"] == pytest.approx(each["totalTokens"] / 1e6)
    run = mipro.trail.run
    evaluated = sum(each["totalTokens"] for each in mipro.trail.iterations)
    assert run["totalTokens"] > evaluated, "the run counts bootstrapping and proposing, too"


def test_what_trials_chose_from_stands_on_the_run(mipro: Any) -> None:
    metadata = mipro.trail.run["metadata"]
    candidates = metadata["instruction_candidates"]["0"]
    for each in mipro.trail.iterations:
        if "0_predictor_instruction" in each["params"]:
            chosen = candidates[each["params"]["0_predictor_instruction"]]
            assert each["program"]["triage"]["signature"]["instructions"] == chosen
            assert len(each["program"]["triage"]["demos"]) == metadata["demo_set_sizes"]["0"][each["params"]["0_predictor_demos"]]


def test_the_result_is_the_same_without_recording(mipro: Any) -> None:
    untracked = compiled()
    assert state(untracked) == state(mipro.program)
    assert {n: log.get("mb_score") for n, log in untracked.trial_logs.items()} == {
        n: log.get("mb_score") for n, log in mipro.program.trial_logs.items()
    }
    assert untracked.score == mipro.program.score


def test_an_evaluation_that_broke_off_is_no_score(tracked: Any, recorded: Any) -> None:
    given = examples()
    with tracked("broken off") as callback, dspy.context(lm=BrokenModel()):
        optimizer = dspy.MIPROv2(metric=exact, auto=None, num_candidates=2, seed=1, num_threads=1, max_errors=2)
        program = optimizer.compile(
            Program(),
            trainset=given[:5] + given[6:8],
            valset=given[12:],
            num_trials=2,
            minibatch_size=5,
            minibatch_full_eval_steps=2,
        )
    trail = recorded(callback.runs[0])
    assert [each["iteration"] for each in trail.iterations] == sorted(program.trial_logs)
    failed = [each for each in trail.iterations if each["status"] == "failed"]
    assert failed
    for each in failed:
        assert program.trial_logs[each["iteration"]]["full_eval_score"] == 0.0 == each["params"]["counted_as"]
        assert each["score"] is None
        assert "cancelled due to errors" in each["errorMessage"]


def test_two_predictors_and_no_minibatches(tracked: Any, recorded: Any) -> None:
    given = examples()
    with tracked("auto") as callback:
        program = dspy.MIPROv2(metric=exact, auto="light", seed=1, num_threads=2).compile(
            TwoSteps(), trainset=given[:6], valset=given[12:18]
        )
    trail = recorded(callback.runs[0])
    assert {each["iteration"]: each["score"] for each in trail.iterations} == {
        number: log["full_eval_score"] for number, log in program.trial_logs.items()
    }
    for each in trail.roles("trial"):
        log = program.trial_logs[each["iteration"]]
        names = [f"{index}_predictor_{what}" for index in (0, 1) for what in ("instruction", "demos")]
        assert [each["params"][name] for name in names] == [log[name] for name in names]
    assert trail.run["metadata"]["resolved"]["num_trials"] == len(trail.roles("trial"))
