"""BootstrapFewShot, BootstrapFewShotWithRandomSearch and KNNFewShot."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import dspy
import numpy as np
import pytest
from conftest import state
from model import BrokenModel
from task import Program, exact, examples


def bootstrapped(**settings: Any) -> Any:
    optimizer = dspy.BootstrapFewShot(metric=exact, max_bootstrapped_demos=3, max_labeled_demos=5, **settings)
    before = dict(vars(optimizer))
    program = optimizer.compile(Program(), trainset=examples()[:12])
    assert optimizer.metric is before["metric"]
    assert "_bootstrap_one_example" not in vars(optimizer), "the optimizer is as it was"
    return program


class TestBootstrapFewShot:
    @pytest.fixture(scope="class")
    def bootstrap(self, tracked: Any, recorded: Any) -> Any:
        with tracked("bootstrap") as callback:
            program = bootstrapped()
        return SimpleNamespace(program=program, trail=recorded(callback.runs[0]))

    def test_is_one_bootstrap_iteration_whose_program_is_the_result(self, bootstrap: Any) -> None:
        (only,) = bootstrap.trail.iterations
        assert only["evalKind"] == "bootstrap"
        assert only["program"] == state(bootstrap.program)
        run = bootstrap.trail.run
        assert (run["status"], run["optimizerType"], run["bestIteration"]) == ("completed", "bootstrap_fewshot", only["iteration"])

    def test_has_a_sample_for_each_attempt_and_says_which_became_a_demonstration(self, bootstrap: Any) -> None:
        samples, (only,) = bootstrap.trail.samples, bootstrap.trail.iterations
        kept = [each for each in samples if each["metadata"]["demonstration"]]
        demos = [demo for demo in state(bootstrap.program)["triage"]["demos"] if demo.get("augmented")]
        assert [(each["input"]["ticket"], each["predictedOutput"]["label"]) for each in kept] == [
            (demo["ticket"], demo["label"]) for demo in demos
        ]
        assert only["params"]["bootstrapped"] == len(kept) == 3
        assert only["params"]["attempts"] == len(samples)
        assert only["score"] == pytest.approx(3 / len(samples))
        for each in samples:
            assert each["score"] == float(each["expectedOutput"] == each["predictedOutput"]) == each["metadata"]["demonstration"]
            assert each["latencyMs"] > 0
            assert each["totalTokens"] > 0

    def test_gives_the_same_result_without_recording(self, bootstrap: Any) -> None:
        assert state(bootstrapped()) == state(bootstrap.program)

    def test_tells_a_failed_attempt_and_its_error(self, tracked: Any, recorded: Any) -> None:
        with tracked("broken") as callback, dspy.context(lm=BrokenModel()):
            optimizer = dspy.BootstrapFewShot(metric=exact, max_bootstrapped_demos=9, max_labeled_demos=0, max_rounds=2)
            optimizer.compile(Program(), trainset=examples()[:8])
        failed = [each for each in recorded(callback.runs[0]).samples if each["failed"]]
        assert {each["input"]["ticket"] for each in failed} == {"the courier left it in the rain"}
        assert [each["metadata"]["round"] for each in failed] == [0, 1]
        assert all("out of order" in each["errorMessage"] and each["predictedOutput"] is None for each in failed)


def searched() -> Any:
    optimizer = dspy.BootstrapFewShotWithRandomSearch(
        metric=exact, max_bootstrapped_demos=2, max_labeled_demos=3, num_candidate_programs=3, num_threads=2
    )
    return optimizer.compile(Program(), trainset=examples()[:12], valset=examples()[12:])


class TestRandomSearch:
    @pytest.fixture(scope="class")
    def search(self, tracked: Any, recorded: Any) -> Any:
        with tracked("search") as callback:
            program = searched()
        assert len(callback.runs) == 1
        return SimpleNamespace(program=program, trail=recorded(callback.runs[0]))

    def test_each_candidate_has_its_seed_score_and_subscores(self, search: Any) -> None:
        by_seed = {each["seed"]: each for each in search.program.candidate_programs}
        assert [each["params"]["seed"] for each in search.trail.iterations] == [-3, -2, -1, 0, 1, 2] == sorted(by_seed)
        for each in search.trail.iterations:
            told = by_seed[each["params"]["seed"]]
            assert each["score"] == told["score"]
            assert each["program"] == state(told["program"])
            assert [sample["score"] for sample in search.trail.of(each["iteration"])] == told["subscores"]

    def test_the_baseline_is_zero_shot_and_the_best_is_dspys(self, search: Any) -> None:
        assert search.trail.number(0)["isBaseline"]
        run = search.trail.run
        assert run["scoreMax"] == 100
        assert run["bestScore"] == search.program.candidate_programs[0]["score"]
        assert search.trail.number(run["bestIteration"])["program"] == state(search.program)

    def test_gives_the_same_result_without_recording(self, search: Any) -> None:
        assert state(searched()) == state(search.program)

    def test_restrict_leaves_seeds_out(self, tracked: Any, recorded: Any) -> None:
        optimizer = dspy.BootstrapFewShotWithRandomSearch(metric=exact, num_candidate_programs=2, max_labeled_demos=2)
        with tracked("restrict") as callback:
            program = optimizer.compile(Program(), trainset=examples()[:6], restrict=[-2, 1])
        trail = recorded(callback.runs[0])
        assert [each["params"]["seed"] for each in trail.iterations] == [-2, 1]
        assert {each["seed"]: each["score"] for each in program.candidate_programs} == {
            each["params"]["seed"]: each["score"] for each in trail.iterations
        }


def test_knn_few_shot_is_a_run_with_no_iteration(tracked: Any, recorded: Any) -> None:
    def embed(texts: list[str]) -> Any:
        return np.array([[text.count(letter) for letter in "aeiourst"] for text in texts], dtype=np.float32)

    optimizer = dspy.KNNFewShot(k=3, trainset=examples()[:12], vectorizer=dspy.Embedder(embed), metric=exact, max_labeled_demos=2)
    with tracked("knn") as callback:
        program = optimizer.compile(Program())
        assert program(ticket="where is my parcel").label
    assert len(callback.runs) == 1, "what the program bootstraps to answer is no run"
    trail = recorded(callback.runs[0])
    assert trail.iterations == []
    assert trail.run["status"] == "completed"
    assert trail.run["optimizerType"] == "knn_fewshot"
    assert trail.run["config"]["knn_fewshot"] == {"k": 3, "trainset_size": 12, "max_labeled_demos": 2}
    assert trail.run["metadata"]["program"] == state(program)
