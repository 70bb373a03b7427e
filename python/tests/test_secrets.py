"""Credentials do not enter the trail."""

from __future__ import annotations

import json
from typing import Any

import dspy
import pytest
from conftest import Server
from model import LocalModel
from task import exact as metric
from task import examples

from optrail.jsonable import CIRCULAR, MAX_VALUES, TOO_MANY, jsonable
from optrail.redact import plain_settings, redacted_text, without_model_secrets

PLANTED = "planted-Q7w9-secret"


class Leaky(dspy.teleprompt.Teleprompter):
    """An optimizer that keeps credentials where optimizers keep their settings."""

    def __init__(self) -> None:
        self.wandb_api_key = PLANTED
        self.mlflow_tracking_password = PLANTED
        self.auth_header = f"Bearer {PLANTED}"
        self.api_token = PLANTED
        self.session_cookie = PLANTED
        self.aws_secret_access_key = PLANTED
        self.log_url = f"https://user:{PLANTED}@host/path"
        self.notes = PLANTED
        self.num_trials = 3
        self.auto = "light"

    def compile(self, student: Any, *, trainset: Any, **_: Any) -> Any:
        dspy.Evaluate(devset=trainset, metric=metric)(student)
        raise RuntimeError(f"POST https://u:{PLANTED}@api.host/v1 failed: Authorization: Bearer {PLANTED}, api_key={PLANTED}")


def planted_program() -> Any:
    model = LocalModel()
    program = dspy.Predict("ticket -> label")
    dump = program.dump_state

    def state(*args: Any, **kwargs: Any) -> Any:
        secrets = {
            "api_key": PLANTED,
            "api_base": f"https://u:{PLANTED}@host/v1",
            "extra_headers": {"Authorization": f"Bearer {PLANTED}"},
            "azure_ad_token": PLANTED,
            "aws_secret_access_key": PLANTED,
            "launch_kwargs": {"env": {"HF_TOKEN": PLANTED}},
        }
        return {**dump(*args, **kwargs), "lm": {**model.dump_state(), **secrets}}

    program.dump_state = state
    return program


def test_nothing_that_was_planted_is_stored(server: Server, tracked: Any, recorded: Any) -> None:
    with pytest.raises(RuntimeError), tracked("leaky") as callback:
        Leaky().compile(planted_program(), trainset=examples()[:2])
    trail = recorded(callback.runs[0])
    everything = json.dumps([trail.run, trail.iterations, trail.samples])
    assert PLANTED not in everything
    assert trail.run["config"]["leaky"]["num_trials"] == 3
    assert trail.run["config"]["leaky"]["auto"] == "light"
    assert "POST https://[redacted]@api.host/v1 failed" in trail.run["errorMessage"]
    assert trail.iterations[0]["program"]["lm"]["model"] == "local/stand-in"


@pytest.mark.parametrize(
    "text",
    [
        "sk-proj-abcdefghijklmnop",
        "ghp_abcdefghijklmnopqrstuvwx",
        "xoxb-1234567890-abcdef",
        "AKIAABCDEFGHIJKLMNOP",
        "hf_abcdefghijklmnopqrstuvwx",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl",
        "postgresql://user:password@host/db",
        "Authorization: Basic dXNlcjpwYXNz",
        "OPENAI_API_KEY=abcdef123456",
        '{"password": "hunter2hunter2"}',
    ],
)
def test_a_credential_is_told_by_its_form(text: str) -> None:
    assert "[redacted]" in redacted_text(f"it failed with {text} there")


def test_plain_words_and_numbers_stay() -> None:
    text = "the metric kept 3 of 5 tokens; see https://host/path and key concepts"
    assert redacted_text(text) == text
    settings = {"max_tokens": 100, "num_threads": 8, "auto": "light", "teacher": object(), "_private": 1, "verbose": True}
    assert plain_settings(settings) == {"max_tokens": 100, "num_threads": 8, "auto": "light", "verbose": True}
    assert without_model_secrets({"lm": None, "demos": [{"api_key": "a demo's own"}]})["demos"] == [{"api_key": "a demo's own"}]


def test_circles_and_huge_graphs_end() -> None:
    root: dict[str, Any] = {"name": "root"}
    root["children"] = [{"parent": root, "siblings": root} for _ in range(3)]
    assert jsonable(root)["children"][0] == {"parent": CIRCULAR, "siblings": CIRCULAR}
    shared: Any = []
    for _ in range(40):
        shared = [shared, shared]
    assert TOO_MANY in json.dumps(jsonable(shared))
    assert len(jsonable(list(range(MAX_VALUES + 10)))) == MAX_VALUES + 10


def test_two_ids_of_64_bits_stay_two() -> None:
    ids = [{"id": 1234567890123456789}, {"id": 1234567890123456788}, {"id": 7, "big": 2**53}]
    assert jsonable(ids, exact=True) == [{"id": "1234567890123456789"}, {"id": "1234567890123456788"}, {"id": 7, "big": 2**53}]
