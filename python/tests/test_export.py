"""The exported winner is the program that was scored."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import dspy
from conftest import CLI, Server, state
from task import TwoSteps, exact, examples


class Again(dspy.teleprompt.Teleprompter):
    """Evaluates a program, and returns it as it is."""

    def compile(self, student: Any, *, trainset: Any, teacher: Any = None, valset: Any = None, **_: Any) -> Any:
        dspy.Evaluate(devset=trainset, metric=exact)(student)
        return student


def best(server: Server, run: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["node", str(CLI), "best", run, "--db", server.url, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_reloaded_winner_has_the_recorded_hash(tmp_path: Path, server: Server, tracked: Any, recorded: Any) -> None:
    given = examples()
    with tracked("winner") as callback:
        optimizer = dspy.BootstrapFewShotWithRandomSearch(metric=exact, num_candidate_programs=1, max_labeled_demos=2)
        compiled = optimizer.compile(TwoSteps(), trainset=given[:8], valset=given[8:16])
    run = callback.runs[0]
    trail = recorded(run)

    file = tmp_path / "program.json"
    written = best(server, run, "--format", "dspy", "--out", str(file))
    assert written.returncode == 0, written.stderr
    loaded = TwoSteps()
    loaded.load(file)
    assert state(loaded) == state(compiled)
    assert loaded(ticket=given[20].ticket).label == compiled(ticket=given[20].ticket).label

    with tracked("again") as callback:
        Again().compile(loaded, trainset=given[:2])
    again = recorded(callback.runs[0]).iterations[0]
    assert again["programHash"] == trail.number(trail.run["bestIteration"])["programHash"]
    assert again["programHash"] != trail.number(0)["programHash"], "the winner is another program than the baseline"

    shown = best(server, run)
    assert "# triage.predict\nSay which desk a ticket belongs to." in shown.stdout
    assert f"ticket: {state(compiled)['sort']['demos'][0]['ticket']}" in shown.stdout
    refused = best(server, run, "--format", "ax")
    assert refused.returncode != 0
    assert "not one that Ax can load" in refused.stderr


def test_a_program_that_is_a_predictor_is_exported_as_well(tmp_path: Path, server: Server, tracked: Any, recorded: Any) -> None:
    with tracked("flat") as callback:
        program = dspy.LabeledFewShot(k=2).compile(dspy.Predict("ticket -> label"), trainset=examples()[:4])
    assert recorded(callback.runs[0]).run["optimizerType"] == "labeledfewshot"
    file = tmp_path / "program.json"
    written = best(server, callback.runs[0], "--format", "dspy", "--out", str(file))
    assert written.returncode == 0, written.stderr
    loaded = dspy.Predict("ticket -> label")
    loaded.load(file)
    assert [dict(demo) for demo in loaded.demos] == [dict(demo) for demo in program.demos]


def messages(program: Any) -> Any:
    """The messages that the model is sent for one ticket, as the adapter renders them."""
    predictor = program.predictors()[0]
    return dspy.ChatAdapter().format(predictor.signature, predictor.demos, {"ticket": "charged twice"})


def test_the_loaded_program_renders_the_messages_that_were_scored(
    tmp_path: Path, server: Server, tracked: Any, recorded: Any
) -> None:
    program = dspy.Predict("ticket -> label")
    program.demos = [
        dspy.Example(
            ticket={"tracking": "X1", "id": 7, "weight": 10.0, "10": "ten", "2": 1234567890123456789, "tags": [1.50, -0.0, 1e21]},
            label="billing",
        ).with_inputs("ticket"),
        dspy.Example(ticket="blank \u2028 page", label="bug", augmented=True),
    ]
    with tracked("to the byte") as callback:
        Again().compile(program, trainset=examples()[:2])
    iteration = recorded(callback.runs[0]).iterations[0]
    assert json.loads(iteration["programText"]) == state(program)
    assert '"2": 1234567890123456789' in iteration["programText"]

    file = tmp_path / "program.json"
    written = best(server, callback.runs[0], "--format", "dspy", "--out", str(file))
    assert written.returncode == 0, written.stderr
    loaded = dspy.Predict("ticket -> label")
    loaded.load(file)
    assert messages(loaded) == messages(program)
