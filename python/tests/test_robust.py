"""A compile is never failed, changed or held up for its trail; what goes wrong in it is told."""

from __future__ import annotations

import datetime
import json
import logging
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import dspy
import pydantic
import pytest
from conftest import ROOT, state
from model import BrokenModel
from task import Program, exact, examples

import optrail
from optrail import outbox
from optrail.client import Client
from optrail.errors import Rejected, Unreachable
from optrail.jsonable import jsonable, score_of
from optrail.recorder import batches
from optrail.settings import Target
from optrail.watch.examples import eval_set_hash, example_fields
from optrail.watch.random_search import RandomSearchWatch
from optrail.watch.watch import Watch


def searched(program: Any = None, metric: Any = exact) -> Any:
    optimizer = dspy.BootstrapFewShotWithRandomSearch(
        metric=metric, max_bootstrapped_demos=1, max_labeled_demos=2, num_candidate_programs=1, num_threads=2
    )
    given = examples()
    return optimizer.compile(program or Program(), trainset=given[:6], valset=given[3:9])


def test_a_failed_compile_is_a_failed_run_and_the_error_is_the_users(tracked: Any, recorded: Any) -> None:
    def broken(*_: Any) -> float:
        raise ZeroDivisionError("the metric is wrong")

    optimizer = dspy.BootstrapFewShot(metric=broken, max_errors=2)
    with tracked("failed") as callback, pytest.raises(ZeroDivisionError, match="the metric is wrong"):
        optimizer.compile(Program(), trainset=examples()[:6])
    trail = recorded(callback.runs[0])
    assert trail.run["status"] == "failed"
    assert trail.run["errorMessage"] == "ZeroDivisionError: the metric is wrong"
    assert "in broken" in trail.run["errorStack"]
    assert [each["status"] for each in trail.iterations] == ["failed"]
    assert optimizer.metric is broken


def test_an_interrupted_compile_is_cancelled(tracked: Any, recorded: Any) -> None:
    def impatient(*_: Any) -> float:
        raise KeyboardInterrupt

    with tracked("interrupted") as callback, pytest.raises(KeyboardInterrupt):
        dspy.BootstrapFewShot(metric=impatient).compile(Program(), trainset=examples()[:6])
    assert recorded(callback.runs[0]).run["status"] == "cancelled"


def test_an_example_that_fails_is_a_failed_sample_with_its_error(tracked: Any, recorded: Any) -> None:
    with tracked("errors") as callback, dspy.context(lm=BrokenModel()):
        searched()
    trail = recorded(callback.runs[0])
    assert trail.run["status"] == "completed"
    failed = [each for each in trail.samples if each["failed"]]
    assert len(failed) == len(trail.iterations), "one ticket fails in each evaluation"
    for each in failed:
        assert each["input"] == {"ticket": "the courier left it in the rain"}
        assert each["expectedOutput"] == {"label": "shipping"}
        assert each["errorMessage"] == "RuntimeError: the model is out of order"
        assert each["score"] == 0, "DSPy counts it so"
        assert each["predictedOutput"] is None
        assert each["latencyMs"] > 0


def test_a_metric_that_fails_is_told_as_such(tracked: Any, recorded: Any) -> None:
    def picky(example: Any, prediction: Any, trace: Any = None) -> float:
        if "parcel" in example.ticket:
            raise ValueError("no parcels")
        return exact(example, prediction)

    with tracked("picky") as callback:
        searched(metric=picky)
    failed = [each for each in recorded(callback.runs[0]).samples if each["failed"]]
    assert {each["input"]["ticket"] for each in failed} == {"the parcel never came"}
    assert all("the metric raised an error" in each["errorMessage"] for each in failed)


def test_an_error_in_recording_is_said_once_and_changes_nothing(
    tracked: Any, recorded: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    untracked = searched()

    def broken(*_: Any, **__: Any) -> int:
        raise RuntimeError("a bug of Optrail's")

    monkeypatch.setattr(Watch, "record", broken)
    with tracked("bug") as callback:
        program = searched()
    assert state(program) == state(untracked)
    said = [each.message for each in caplog.records if each.name == "optrail" and "could not be recorded" in each.message]
    assert len(said) == 1
    assert "a bug of Optrail's" in said[0]
    assert recorded(callback.runs[0]).run["status"] == "completed"


def test_an_optimizer_that_is_not_what_was_read_is_told_by_its_evaluations(
    tracked: Any, recorded: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def changed(*_: Any) -> None:
        raise AttributeError("num_candidate_sets")

    monkeypatch.setattr(RandomSearchWatch, "attach", changed)
    with tracked("changed") as callback:
        program = searched()
    trail = recorded(callback.runs[0])
    assert trail.run["status"] == "completed"
    assert len(trail.iterations) == len(program.candidate_programs)
    assert trail.number(trail.run["bestIteration"])["program"] == state(program)
    assert "all of BootstrapFewShotWithRandomSearch could not be recorded" in caplog.text


def test_labels_are_cut_to_what_the_server_takes(tracked: Any, recorded: Any, server: Any, tmp_path: Path) -> None:
    said: Any = {"tags": ["", "x" * 300, *map(str, range(200))], "metadata": {"scale": "mine", "a b": {1, 2}}}
    with optrail.track(" py ", "n" * 300, **said, url=server.url, journal=tmp_path) as callback:
        searched()
    run = recorded(callback.runs[0]).run
    assert run["projectId"] == "py"
    assert (len(run["runName"]), len(run["tags"])) == (200, 100)
    assert run["metadata"]["a b"] == [1, 2]
    assert run["metadata"]["scale"].startswith("percent")
    for project in ("", "  ", "p" * 201):
        with pytest.raises(optrail.OptrailError, match="names no project"):
            optrail.DSPyCallback(project)


def test_optrail_and_its_importers_load_without_dspy() -> None:
    script = "import sys; sys.modules.update(dspy=None, gepa=None, optuna=None); import optrail, optrail.__main__ as cli"
    script += "; from optrail.importers import dspy_state, gepa_run; print(optrail.__version__)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT / "python")
    assert done.stdout.strip() == optrail.__version__, done.stderr


def test_a_callback_of_ones_own_stays_and_nothing_is_recorded_twice(tracked: Any, tmp_path: Path) -> None:
    class Mine(dspy.utils.callback.BaseCallback):
        compiles = 0

        def on_compile_start(self, call_id: str, instance: Any, inputs: Any) -> None:
            Mine.compiles += 1

    configured = optrail.DSPyCallback("twice", url="http://127.0.0.1:9", journal=tmp_path)
    with dspy.context(callbacks=[Mine(), configured]), tracked("once") as callback:
        searched()
    assert Mine.compiles > 0
    assert len(callback.runs) == 1
    assert configured.runs == []
    assert not list(tmp_path.iterdir())


def test_compiles_in_several_threads_are_runs_of_their_own(server: Any, recorded: Any, tmp_path: Path) -> None:
    callback = optrail.DSPyCallback("threads", url=server.url, journal=tmp_path)
    programs: list[Any] = []

    def work() -> None:
        with dspy.context(callbacks=[callback]):
            programs.append(searched())

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    callback.close()
    assert len(callback.runs) == 3
    trails = [recorded(run) for run in callback.runs]
    assert len({json.dumps([each["score"] for each in trail.iterations]) for trail in trails}) == 1
    assert all(len(trail.of(each["iteration"])) == 6 for trail in trails for each in trail.iterations)
    assert len({json.dumps(state(program)) for program in programs}) == 1


def test_without_dspys_history_there_are_no_tokens(tracked: Any, recorded: Any) -> None:
    with tracked("no history") as callback, dspy.context(disable_history=True):
        searched()
    trail = recorded(callback.runs[0])
    assert all(each["totalTokens"] is None and each["costUsd"] is None for each in trail.samples)
    assert all(each["latencyMs"] > 0 for each in trail.samples)


class Engine:
    """What a provider answers, through DSPy's own `dspy.LM` and its cache."""

    def complete(self, request: Any) -> Any:
        from dspy.lm15 import Message, Response, TextPart, Usage

        text = "[[ ## label ## ]]\nbilling\n\n[[ ## completed ## ]]"
        usage = Usage(input_tokens=11, output_tokens=5, total_tokens=16)
        return Response(id=None, model="m", message=Message.assistant([TextPart(text)]), finish_reason="stop", usage=usage)

    def close(self) -> None:
        """Has nothing open."""


def test_tokens_come_from_dspys_own_models_and_a_cached_answer_took_none(tracked: Any, recorded: Any) -> None:
    lm = dspy.LM("openai/stand-in", engine=Engine())
    totals = []
    for _ in range(2):
        with tracked("engine") as callback, dspy.context(lm=lm):
            searched()
        trail = recorded(callback.runs[0])
        totals.append({(each["promptTokens"], each["completionTokens"]) for each in trail.of(0)})
        assert trail.run["model"] == "openai/stand-in"
    assert totals == [{(11, 5)}, {(0, 0)}]
    assert trail.run["totalTokens"] == 0


def test_labels_reach_every_run(server: Any, recorded: Any, tmp_path: Path) -> None:
    with optrail.track(
        "labels", tags=["nightly"], notes="by hand", metadata={"commit": "abc"}, url=server.url, journal=tmp_path
    ) as callback:
        searched()
    run = recorded(callback.runs[0]).run
    assert run["runName"] == "BootstrapFewShotWithRandomSearch of Program"
    assert (run["tags"], run["notes"], run["metadata"]["commit"]) == (["nightly"], "by hand", "abc")
    assert run["metric"] == "exact"
    assert run["model"] == "local/stand-in"
    assert run["config"]["bootstrap_random_search"]["max_labeled_demos"] == 2
    assert run["durationMs"] > 0


def test_a_long_call_is_alive(monkeypatch: pytest.MonkeyPatch, server: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(outbox, "HEARTBEAT", 0.05)
    callback = optrail.DSPyCallback("alive", url=server.url, journal=tmp_path)
    beats: list[str] = []

    def waits(*arguments: Any) -> float:
        callback.flush(10)
        before = server.get(f"/v1/runs/{callback.runs[0]}")["heartbeatAt"]
        deadline = time.monotonic() + 20
        while (now := server.get(f"/v1/runs/{callback.runs[0]}")["heartbeatAt"]) == before:
            assert time.monotonic() < deadline
        beats.append(now)
        return 1.0

    with dspy.context(callbacks=[callback]):
        dspy.BootstrapFewShot(metric=waits, max_bootstrapped_demos=1).compile(Program(), trainset=examples()[:1])
    callback.close()
    assert beats


class Answers(BaseHTTPRequestHandler):
    """A server that answers as its path says: /<status>."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"] or 0))
        status = int(self.path.split("/")[1])
        body = json.dumps({"code": "some_code", "detail": "what happened", "hint": "do this", "retryable": status == 409}).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        if status == 503:
            self.send_header("retry-after", "7")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def test_the_client_tells_what_may_be_sent_again(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        client = Client(Target.resolve(f"http://127.0.0.1:{web.server_port}", journal=tmp_path))
        for status in (408, 409, 429, 500, 503):
            with pytest.raises(Unreachable, match="what happened") as later:
                client.send("POST", f"/{status}", b"{}")
            assert later.value.retry_after == (7 if status == 503 else None)
        with pytest.raises(Unreachable, match="OPTRAIL_API_KEY"):
            client.send("POST", "/401", b"{}")
        for status in (400, 403, 404, 413, 422):
            with pytest.raises(Rejected) as refused:
                client.send("POST", f"/{status}", b"{}")
            assert refused.value.reason() == {"code": "some_code", "message": "what happened", "hint": "do this"}
        web.shutdown()
        client.close()


@dataclass
class Point:
    x: int
    y: Any


class Model(pydantic.BaseModel):
    name: str


def test_any_value_is_json_that_the_server_takes() -> None:
    deep: Any = "bottom"
    for _ in range(200):
        deep = [deep]
    when = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
    value = jsonable(
        {
            "nan": float("nan"),
            "text": "a\x00b\ud800c",
            "set": {3, 1},
            "point": Point(1, Model(name="n")),
            "when": when,
            "example": dspy.Example(q=1),
            "other": object,
            7: (True, None),
            "deep": deep,
        }
    )
    text = json.dumps(value, allow_nan=False)
    assert value["nan"] is None
    assert value["text"] == "a\ufffdb\ufffdc"
    assert value["set"] == [1, 3]
    assert value["point"] == {"x": 1, "y": {"name": "n"}}
    assert value["when"] == "2026-01-02T00:00:00+00:00"
    assert value["example"] == {"q": 1}
    assert value["7"] == [True, None]
    assert depth(json.loads(text)) < 64, "the server refuses what is deeper"


def depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(depth, inside), default=0)


def test_scores_are_finite_numbers() -> None:
    assert [score_of(each) for each in (True, 0, "x", None, float("inf"), dspy.Prediction(score=0.5))] == [
        1,
        0,
        None,
        None,
        None,
        0.5,
    ]


def test_an_example_is_its_content() -> None:
    one = dspy.Example(question="q", answer="a", dspy_uuid="random", dspy_split="dev").with_inputs("question")
    other = dspy.Example(answer="a", question="q", dspy_uuid="another").with_inputs("question")
    assert example_fields(one) == {"input": {"question": "q"}, "expectedOutput": {"answer": "a"}, "split": "dev"}
    assert example_fields(other) == {"input": {"question": "q"}, "expectedOutput": {"answer": "a"}}
    named = dspy.Example(question="q", answer="a", id=7).with_inputs("question")
    assert example_fields(named) == {"input": {"question": "q"}, "expectedOutput": {"answer": "a"}, "exampleId": "7"}
    assert example_fields(dspy.Example(question="q")) == {"input": {"question": "q"}}, "no inputs declared: all of it is input"
    assert eval_set_hash([one, named]) != eval_set_hash([one])
    assert eval_set_hash([one]) == eval_set_hash([other])
    assert eval_set_hash([]) is None


def test_samples_are_sent_in_as_few_requests_as_the_server_takes() -> None:
    small = [{"sampleIndex": index} for index in range(1200)]
    assert [len(json.loads(part)["samples"]) for part in batches(small)] == [500, 500, 200]
    large = [{"input": "é" * 1_000_000}] * 5
    bodies = list(batches(large))
    assert [len(json.loads(part)["samples"]) for part in bodies] == [2, 2, 1]
    assert all(len(part) < 5 * 1024 * 1024 for part in bodies)
    assert list(batches([])) == []


def test_ids_are_uuids_of_version_7_in_order() -> None:
    from optrail.ids import id_of, new_id

    made = [new_id() for _ in range(100)]
    assert len(set(made)) == 100
    assert all(each[14] == "7" and each[19] in "89ab" for each in made)
    before = new_id()
    time.sleep(0.002)
    assert before < new_id()
    assert id_of("a", "b") == id_of("a", "b") != id_of("a", "c")


def test_a_quiet_logger_says_nothing(caplog: pytest.LogCaptureFixture, tmp_path: Path, server: Any) -> None:
    with caplog.at_level(logging.WARNING, "optrail"), optrail.track("quiet", url=server.url, journal=tmp_path):
        searched(Program())
    assert [each.message for each in caplog.records if each.name == "optrail"] == []
