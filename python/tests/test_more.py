"""COPRO, SIMBA, BetterTogether, and optimizers that have no watch of their own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import dspy
import pytest
from conftest import state, text
from model import LocalModel
from task import Program, TwoSteps, exact, examples


def copro(program: Any) -> Any:
    optimizer = dspy.COPRO(metric=exact, breadth=3, depth=2, track_stats=True)
    return optimizer.compile(program, trainset=examples()[:9], eval_kwargs={"num_threads": 2})


class TestCOPRO:
    @pytest.fixture(scope="class", params=[Program, TwoSteps])
    def run(self, request: Any, tracked: Any, recorded: Any) -> Any:
        with tracked("copro") as callback:
            program = copro(request.param())
        return SimpleNamespace(program=program, make=request.param, trail=recorded(callback.runs[0]))

    def test_has_an_iteration_for_each_evaluation_at_its_depth(self, run: Any) -> None:
        trail, predictors = run.trail, len(run.program.predictors())
        assert len(trail.iterations) == run.program.total_calls == trail.run["metadata"]["reported"]["total_calls"]
        depths = [each["params"]["depth"] for each in trail.iterations]
        assert depths == sorted(depths)
        assert set(depths) == {0, 1}
        for predictor in range(predictors):
            stats = list(run.program.results_latest.values())[predictor]
            for depth, best in zip(stats["depth"], stats["max"], strict=True):
                # DSPy's statistics of a depth are over all of its predictors so far.
                scores = [
                    each["score"]
                    for each in trail.iterations
                    if each["params"]["depth"] == depth and each["params"]["predictor"] <= predictor
                ]
                assert max(scores) >= best

    def test_has_every_candidate_that_dspy_kept(self, run: Any) -> None:
        told = {(text(each["program"]), each["score"], each["params"]["depth"]) for each in run.trail.iterations}
        for kept in run.program.candidate_programs:
            assert (text(state(kept["program"])), kept["score"], kept["depth"]) in told

    def test_numbers_the_candidates_of_each_predictor(self, run: Any) -> None:
        seen: dict[Any, list[int]] = {}
        for each in run.trail.iterations:
            params = each["params"]
            seen.setdefault((params["depth"], params["predictor"]), []).append(params["candidate"])
        for (depth, _), numbers in seen.items():
            expected = 3 if depth == 0 or run.make is Program else 6
            assert numbers == list(range(expected))

    def test_the_best_is_dspys(self, run: Any) -> None:
        best = run.trail.number(run.trail.run["bestIteration"])
        assert best["program"] == state(run.program)
        assert best["score"] == run.program.candidate_programs[0]["score"] == run.trail.run["bestScore"]
        assert run.trail.run["scoreMax"] == 100

    def test_gives_the_same_result_without_recording(self, run: Any) -> None:
        assert state(copro(run.make())) == state(run.program)


def test_copros_baseline_is_the_program_as_given(tracked: Any, recorded: Any) -> None:
    given = Program()
    with tracked("copro baseline") as callback:
        copro(given)
    trail = recorded(callback.runs[0])
    (baseline,) = [each for each in trail.iterations if each["isBaseline"]]
    assert baseline["program"] == state(given)
    assert (baseline["params"]["depth"], baseline["params"]["candidate"]) == (0, 2)


def simba(**settings: Any) -> Any:
    optimizer = dspy.SIMBA(metric=exact, bsize=4, num_candidates=3, max_steps=3, max_demos=2, num_threads=2, **settings)
    return optimizer.compile(Program(), trainset=examples()[:12], seed=1)


class TestSIMBA:
    @pytest.fixture(scope="class")
    def run(self, tracked: Any, recorded: Any) -> Any:
        with tracked("simba") as callback:
            program = simba()
        assert len(callback.runs) == 1
        return SimpleNamespace(program=program, trail=recorded(callback.runs[0]))

    def test_ends_with_full_evaluations_as_dspy_scores_them(self, run: Any) -> None:
        validations = run.trail.roles("validation")
        assert validations == run.trail.full
        assert sorted((each["score"] for each in validations), reverse=True) == pytest.approx(
            [each["score"] for each in run.program.candidate_programs]
        )
        for kept in run.program.candidate_programs:
            assert any(each["program"] == state(kept["program"]) for each in validations)
        train_scores = [log["train_score"] for log in run.program.trial_logs.values() if "train_score" in log]
        assert [each["score"] for each in validations[1:]] == pytest.approx(train_scores)
        assert all(len(run.trail.of(each["iteration"])) == 12 for each in validations)

    def test_keeps_means_on_the_metrics_own_scale(self, run: Any) -> None:
        assert run.trail.run["scoreMax"] == 1
        for each in run.trail.iterations:
            scores = [sample["score"] for sample in run.trail.of(each["iteration"])]
            assert each["score"] == pytest.approx(sum(scores) / len(scores))
            assert 0 <= each["score"] <= 1

    def test_tells_each_step_its_sampling_and_its_candidates(self, run: Any) -> None:
        sampling = run.trail.roles("sampling")
        assert [each["params"]["step"] for each in sampling] == [0, 1, 2]
        assert all(len(run.trail.of(each["iteration"])) == 4 * 3 for each in sampling)
        candidates = run.trail.roles("candidate")
        assert [each["params"]["candidate"] for each in candidates] == list(range(1, len(candidates) + 1))
        numbers = {each["params"]["candidate"]: each["iteration"] for each in candidates}
        for each in candidates:
            source = each["params"]["source"]
            assert each["parentIterations"] == ([numbers[source]] if source else [])
            assert each["evalKind"] == "minibatch"
            assert len(run.trail.of(each["iteration"])) == 4

    def test_the_baseline_and_the_best_are_dspys(self, run: Any) -> None:
        first = run.trail.roles("validation")[0]
        assert first["isBaseline"]
        assert first["program"] == state(Program())
        best = run.trail.number(run.trail.run["bestIteration"])
        assert best["program"] == state(run.program)
        assert run.trail.run["initialScore"] == first["score"]
        for each in run.trail.roles("validation")[1:]:
            assert run.trail.number(each["params"]["evaluates"])["programHash"] == each["programHash"]

    def test_samples_have_latency_and_tokens(self, run: Any) -> None:
        assert all(each["latencyMs"] > 0 and each["totalTokens"] > 0 for each in run.trail.samples)

    def test_gives_the_same_result_without_recording(self, run: Any) -> None:
        assert state(simba()) == state(run.program)


def together() -> Any:
    optimizer = dspy.BetterTogether(
        metric=exact,
        a=dspy.BootstrapFewShotWithRandomSearch(
            metric=exact, max_labeled_demos=2, max_bootstrapped_demos=1, num_candidate_programs=1
        ),
        b=dspy.MIPROv2(metric=exact, auto=None, num_candidates=2, seed=2),
    )
    program = Program()
    program.set_lm(LocalModel())
    arguments = {"b": {"num_trials": 2, "minibatch": False}}
    given = examples()
    return optimizer.compile(
        program, trainset=given[:12], valset=given[12:], strategy="a -> b", seed=4, optimizer_compile_args=arguments
    )


class TestBetterTogether:
    @pytest.fixture(scope="class")
    def run(self, tracked: Any, recorded: Any) -> Any:
        with tracked("together") as callback:
            program = together()
        parent, *children = [recorded(run_id) for run_id in callback.runs]
        return SimpleNamespace(program=program, parent=parent, children=children)

    def test_is_a_parent_run_and_a_run_below_it_for_each_step(self, run: Any) -> None:
        assert run.parent.run["optimizerType"] == "better_together"
        assert [each.run["optimizerType"] for each in run.children] == ["bootstrap_random_search", "miprov2"]
        for child in run.children:
            assert child.run["parentRunId"] == run.parent.run["id"]
            assert child.run["status"] == "completed"
            assert child.run["runName"].startswith("together / ")
            assert len(child.iterations) == {"miprov2": 3, "bootstrap_random_search": 4}[child.run["optimizerType"]]

    def test_has_dspys_candidates_with_their_strategies(self, run: Any) -> None:
        kept = {each["strategy"]: each for each in run.program.candidate_programs}
        assert [each["params"]["strategy"] for each in run.parent.iterations] == ["", "a", "a -> b"]
        for each in run.parent.iterations:
            assert each["score"] == kept[each["params"]["strategy"]]["score"]
            assert each["program"] == state(kept[each["params"]["strategy"]]["program"])
        assert run.parent.number(0)["isBaseline"]
        assert run.parent.run["bestScore"] == run.program.candidate_programs[0]["score"]

    def test_each_run_counts_its_own_models_calls_alone(self, run: Any) -> None:
        own = sum(each["totalTokens"] for each in run.parent.iterations)
        assert run.parent.run["totalTokens"] == own

    def test_gives_the_same_result_without_recording(self, run: Any) -> None:
        assert state(together()) == state(run.program)


def test_without_a_validation_set_the_programs_are_kept_unscored(tracked: Any, recorded: Any) -> None:
    program = Program()
    program.set_lm(LocalModel())
    optimizer = dspy.BetterTogether(metric=exact, a=dspy.BootstrapFewShot(metric=exact, max_bootstrapped_demos=1))
    with tracked("unscored") as callback:
        best = optimizer.compile(program, trainset=examples()[:6], valset_ratio=0, strategy="a")
    parent = recorded(callback.runs[0])
    assert [each["params"]["strategy"] for each in parent.iterations] == ["", "a"]
    assert [each["score"] for each in parent.iterations] == [None, None]
    assert parent.number(parent.run["bestIteration"])["program"] == state(best)


def test_an_optimizer_of_ones_own_is_told_by_its_evaluations(tracked: Any, recorded: Any) -> None:
    class Mine(dspy.teleprompt.Teleprompter):
        def compile(self, student: Any, *, trainset: Any, teacher: Any = None, valset: Any = None, **_: Any) -> Any:
            evaluate = dspy.Evaluate(devset=trainset, metric=exact)
            better = student.deepcopy()
            better.triage.demos = [dict(each) for each in trainset[:3]]
            self.scores = [evaluate(each).score for each in (student, better)]
            return better

    optimizer = Mine()
    with tracked("mine") as callback:
        program = optimizer.compile(Program(), trainset=examples()[:6])
    trail = recorded(callback.runs[0])
    assert trail.run["optimizerType"] == "mine"
    assert [each["score"] for each in trail.iterations] == optimizer.scores
    assert [each["isBaseline"] for each in trail.iterations] == [True, False]
    assert trail.iterations[1]["program"] == state(program)
