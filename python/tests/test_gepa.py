from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import dspy
import pytest
from conftest import state
from model import LocalModel
from task import TwoSteps, examples, with_feedback


class Listener:
    """A user's own callback, which says what GEPA says."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("on_"):
            raise AttributeError(name)
        return lambda event: self.events.append((name, dict(event)))

    def of(self, name: str) -> list[Any]:
        return [event for told, event in self.events if told == name]


def compiled(listener: Listener | None = None, **settings: Any) -> Any:
    given = examples()
    kwargs = {"callbacks": [listener]} if listener is not None else {}
    optimizer = dspy.GEPA(
        metric=with_feedback,
        max_metric_calls=300,
        reflection_lm=LocalModel("local/reflection"),
        num_threads=2,
        track_stats=True,
        seed=25,
        gepa_kwargs={**kwargs, **settings},
    )
    program = optimizer.compile(TwoSteps(), trainset=given[:12], valset=given[12:])
    assert optimizer.gepa_kwargs == {**kwargs, **settings}, "the user's own arguments come back as they were"
    return program


@pytest.fixture(scope="module")
def gepa(tracked: Any, recorded: Any) -> Any:
    listener = Listener()
    with tracked("gepa") as callback:
        program = compiled(listener)
    return SimpleNamespace(program=program, details=program.detailed_results, told=listener, trail=recorded(callback.runs[0]))


def test_each_candidate_has_its_full_evaluation_with_scores_per_example(gepa: Any) -> None:
    details, full = gepa.details, gepa.trail.full
    assert [each["params"]["candidate"] for each in full] == list(range(len(details.candidates)))
    numbers = {each["params"]["candidate"]: each["iteration"] for each in full}
    for index, each in enumerate(full):
        assert each["score"] == pytest.approx(details.val_aggregate_scores[index])
        assert each["program"] == state(details.candidates[index])
        assert each["parentIterations"] == [numbers[parent] for parent in details.parents[index] if parent is not None]
        scores = {sample["sampleIndex"]: sample["score"] for sample in gepa.trail.of(each["iteration"])}
        assert scores == details.val_subscores[index]


def test_the_run_keeps_the_metrics_scale_and_gepas_best(gepa: Any) -> None:
    run = gepa.trail.run
    assert run["scoreMax"] == 1
    assert run["metadata"]["scale"] == "mean of the metric"
    assert run["initialScore"] == pytest.approx(gepa.details.val_aggregate_scores[0])
    assert run["finalScore"] == pytest.approx(max(gepa.details.val_aggregate_scores))
    best = gepa.trail.number(run["bestIteration"])
    assert best["params"]["candidate"] == gepa.details.best_idx
    assert best["program"] == state(gepa.program)
    assert run["metadata"]["budget"]["metric_calls"] == gepa.details.total_metric_calls
    assert [each["iteration"] for each in gepa.trail.iterations if each["isBaseline"]] == [0]


def test_every_proposal_says_whether_it_was_taken_and_why(gepa: Any) -> None:
    proposals = gepa.trail.roles("proposal")
    assert len(proposals) == len(gepa.told.of("on_proposal_end"))
    rejected = [each for each in proposals if each["decision"] == "rejected"]
    assert [each["decisionReason"] for each in rejected] == [each["reason"] for each in gepa.told.of("on_candidate_rejected")]
    accepted = [each for each in proposals + gepa.trail.roles("merge") if each["decision"] == "accepted"]
    assert len(accepted) == len(gepa.told.of("on_candidate_accepted")) == len(gepa.details.candidates) - 1
    validations = {each["params"].get("accepted_in"): each for each in gepa.trail.roles("validation")}
    for each in accepted:
        assert each["decisionReason"].startswith("subsample score")
        assert validations[each["iteration"]]["programHash"] == each["programHash"]


def test_a_proposal_stands_beside_its_parents_minibatch(gepa: Any) -> None:
    for each in gepa.trail.roles("proposal"):
        batch = gepa.trail.number(each["params"]["parent_minibatch"])
        assert batch["params"]["round"] == each["params"]["round"]
        assert each["parentIterations"] == [batch["params"]["reevaluates"]]
        pair = [[sample["exampleHash"] for sample in gepa.trail.of(one["iteration"])] for one in (batch, each)]
        assert pair[0] == pair[1]
        assert len(pair[0]) == 3
        evaluated = gepa.trail.number(batch["params"]["reevaluates"])
        assert evaluated["programHash"] == batch["programHash"]
    ends = list(gepa.told.of("on_evaluation_end"))
    minibatches = [each for each in gepa.trail.iterations if each["evalKind"] == "minibatch"]
    assert [[s["score"] for s in gepa.trail.of(each["iteration"])] for each in minibatches] == [event["scores"] for event in ends]
    skipped = [each for each in gepa.trail.roles("parent") if "skipped" in each["metadata"]]
    assert len(skipped) == len(gepa.told.of("on_evaluation_skipped"))


def test_the_reflection_is_kept_with_its_prompt_and_output(gepa: Any) -> None:
    texts = [event["new_instructions"] for event in gepa.told.of("on_proposal_end")]
    for each, made in zip(gepa.trail.roles("proposal"), texts, strict=True):
        reflection = each["metadata"]["reflection"]
        assert reflection["texts"] == made
        assert each["params"]["changed"] == list(made)
        assert reflection["calls"] == 1
        assert "Feedback" in str(reflection["prompt"])
        assert next(iter(made.values())).split(". Cues")[0] in str(reflection["output"])
        assert reflection["totalTokens"] > 0
        for name, text in made.items():
            assert each["program"][name]["signature"]["instructions"] == text


def test_merges_have_two_parents(gepa: Any) -> None:
    merges = gepa.trail.roles("merge")
    assert len(merges) == len(gepa.told.of("on_merge_attempted")) == 2
    assert sorted(each["decision"] for each in merges) == ["accepted", "rejected"]
    for each, told in zip(merges, gepa.told.of("on_merge_attempted"), strict=True):
        parents = [gepa.trail.number(number)["params"]["candidate"] for number in each["parentIterations"]]
        assert parents == list(told["parent_ids"])
        assert {name: part["signature"]["instructions"] for name, part in each["program"].items()} == told["merged_candidate"]
    assert merges[0]["metadata"].get("reflection") is None


def test_the_pareto_front_moves_as_gepa_says(gepa: Any) -> None:
    fronts = [each["metadata"]["pareto_front"] for each in gepa.trail.full[1:]]
    numbers = {each["params"]["candidate"]: each["iteration"] for each in gepa.trail.full}
    assert fronts == [[numbers[index] for index in event["new_front"]] for event in gepa.told.of("on_pareto_front_updated")]
    on_front = {index for best in gepa.details.per_val_instance_best_candidates.values() for index in best}
    assert gepa.trail.run["metadata"]["pareto_front"] == sorted(numbers[index] for index in on_front)


def test_feedback_latency_and_tokens_stand_on_the_samples(gepa: Any) -> None:
    for sample in gepa.trail.samples:
        assert sample["feedback"] == ("right" if sample["score"] == 1 else f"it belongs to {sample['expectedOutput']['label']}")
        assert sample["latencyMs"] > 0
        assert sample["totalTokens"] > 0
        assert set(sample["predictedOutput"]) == {"reasoning", "label"}


def test_the_result_is_the_same_without_recording(gepa: Any) -> None:
    untracked = compiled()
    assert state(untracked) == state(gepa.program)
    assert untracked.detailed_results.val_aggregate_scores == gepa.details.val_aggregate_scores


def test_the_same_examples_are_the_same_for_miprov2_and_gepa(gepa: Any, tracked: Any, recorded: Any) -> None:
    given = examples()
    with tracked("same set") as callback:
        dspy.MIPROv2(metric=lambda e, p, t=None: float(e.label == p.label), auto=None, num_candidates=2, seed=1).compile(
            TwoSteps(), trainset=given[:12], valset=given[12:], num_trials=1, minibatch=False
        )
    mipro = recorded(callback.runs[0])
    assert mipro.run["evalSetHash"] == gepa.trail.run["evalSetHash"]
    hashes = [
        {sample["exampleHash"] for sample in trail.of(next(each["iteration"] for each in trail.full))}
        for trail in (mipro, gepa.trail)
    ]
    assert hashes[0] == hashes[1]
    assert len(hashes[0]) == 12


def test_several_proposals_of_one_round_are_told_apart(tracked: Any, recorded: Any) -> None:
    from gepa.strategies.proposal_sampling import IndependentSampling

    listener = Listener()
    with tracked("several") as callback:
        program = compiled(listener, sampling_strategy=IndependentSampling(2), cache_evaluation=True)
    trail, details = recorded(callback.runs[0]), program.detailed_results
    assert [each["score"] for each in trail.full] == pytest.approx(details.val_aggregate_scores)
    proposals = trail.roles("proposal")
    assert len(proposals) == len(listener.of("on_proposal_end"))
    assert all(each["decision"] in {"accepted", "rejected"} for each in proposals)
    for each, told in zip(proposals, listener.of("on_proposal_end"), strict=True):
        assert each["metadata"]["reflection"]["texts"] == told["new_instructions"]
        assert all(each["program"][name]["signature"]["instructions"] == text for name, text in told["new_instructions"].items())
    assert max(sum(one["params"]["round"] == each["params"]["round"] for one in proposals) for each in proposals) == 2


def test_a_compile_that_goes_on_has_what_the_earlier_one_found(tracked: Any, recorded: Any, tmp_path: Any) -> None:
    given = examples()

    def on(calls: int) -> Any:
        optimizer = dspy.GEPA(
            metric=with_feedback,
            max_metric_calls=calls,
            reflection_lm=LocalModel(),
            track_stats=True,
            seed=25,
            num_threads=2,
            log_dir=str(tmp_path),
        )
        return optimizer.compile(TwoSteps(), trainset=given[:12], valset=given[12:]).detailed_results

    before = on(60)
    with tracked("going on") as callback:
        details = on(120)
    trail = recorded(callback.runs[0])
    assert len(details.candidates) > len(before.candidates) > 1
    numbers = {each["params"]["candidate"]: each["iteration"] for each in trail.full}
    for index, candidate in enumerate(details.candidates):
        each = trail.number(numbers[index])
        assert each["program"] == state(candidate)
        assert each["score"] == pytest.approx(details.val_aggregate_scores[index])
        assert each["params"].get("resumed", False) == (0 < index < len(before.candidates))
        assert each["parentIterations"] == [numbers[parent] for parent in details.parents[index] if parent is not None]
    assert trail.number(trail.run["bestIteration"])["params"]["candidate"] == details.best_idx
