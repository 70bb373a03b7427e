"""The exported winner is the program that was scored."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import dspy
from conftest import CLI, Recorded, Server, state
from task import TwoSteps, exact, examples

import optrail


class Again(dspy.teleprompt.Teleprompter):
    """Evaluates a program, and returns it as it is."""

    def compile(self, student: Any, *, trainset: Any, teacher: Any = None, valset: Any = None, **_: Any) -> Any:
        dspy.Evaluate(devset=trainset, metric=exact)(student)
        return student


def best(server: Server, run: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["node", str(CLI), "best", run, "--db", str(server.directory), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_reloaded_winner_has_the_recorded_hash(tmp_path: Path) -> None:
    given = examples()
    server = Server(tmp_path / "db")
    try:
        with optrail.track("export", "winner", url=server.url, journal=tmp_path / "journal") as callback:
            optimizer = dspy.BootstrapFewShotWithRandomSearch(metric=exact, num_candidate_programs=1, max_labeled_demos=2)
            compiled = optimizer.compile(TwoSteps(), trainset=given[:8], valset=given[8:16])
        trail = Recorded(server, callback.runs[0])
    finally:
        server.stop()  # The command line opens the database itself.

    file = tmp_path / "program.json"
    written = best(server, callback.runs[0], "--format", "dspy", "--out", str(file))
    assert written.returncode == 0, written.stderr
    loaded = TwoSteps()
    loaded.load(file)
    assert state(loaded) == state(compiled)
    assert [each(ticket=given[20].ticket).label for each in (loaded, compiled)] == [compiled(ticket=given[20].ticket).label] * 2

    shown = best(server, callback.runs[0])
    assert "# triage.predict\nSay which desk a ticket belongs to." in shown.stdout
    assert f"ticket: {state(compiled)['sort']['demos'][0]['ticket']}" in shown.stdout
    refused = best(server, callback.runs[0], "--format", "ax")
    assert refused.returncode != 0
    assert "not one that Ax can load" in refused.stderr

    server = Server(tmp_path / "db")
    try:
        with optrail.track("export", "again", url=server.url, journal=tmp_path / "journal") as callback:
            Again().compile(loaded, trainset=given[:2])
        again = Recorded(server, callback.runs[0])
    finally:
        server.stop()
    winner = trail.number(trail.run["bestIteration"])
    assert again.iterations[0]["programHash"] == winner["programHash"]
    assert again.iterations[0]["programHash"] != trail.number(0)["programHash"], "the winner is another program than the baseline"


def test_a_program_that_is_a_predictor_is_exported_as_well(tmp_path: Path) -> None:
    server = Server(tmp_path / "db")
    try:
        with optrail.track("export", "flat", url=server.url, journal=tmp_path / "journal") as callback:
            program = dspy.LabeledFewShot(k=2).compile(dspy.Predict("ticket -> label"), trainset=examples()[:4])
        trail = Recorded(server, callback.runs[0])
        assert trail.run["optimizerType"] == "labeledfewshot"
    finally:
        server.stop()
    file = tmp_path / "program.json"
    written = best(server, callback.runs[0], "--format", "dspy", "--out", str(file))
    assert written.returncode == 0, written.stderr
    loaded = dspy.Predict("ticket -> label")
    loaded.load(file)
    assert [dict(demo) for demo in loaded.demos] == [dict(demo) for demo in program.demos]
