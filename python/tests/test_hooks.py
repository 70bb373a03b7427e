"""A newer DSPy or GEPA that changes what Optrail looks at is noticed here, and not by a user."""

from __future__ import annotations

import json
import re
from pathlib import Path

import hooks
import pytest

READ = json.loads(hooks.FILE.read_text())
ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(("file", "hook"), [(file, hook) for file, names in hooks.HOOKS.items() for hook in names])
def test_hook_is_as_it_was_read(file: str, hook: str) -> None:
    package = hook.split(".")[0]
    read, here = READ["versions"][package], hooks.versions()[package]
    again = f"Read it again, correct {file} and the version it names, then run `python tests/hooks.py`."
    try:
        now = hooks.fingerprint(hook)
    except (AttributeError, ImportError) as error:
        pytest.fail(f"{hook} is gone from {package} {here} ({error}); {file} was written from {package} {read}. {again}")
    if now != READ["hooks"].get(hook):
        pytest.fail(f"{hook} of {package} {here} is not the one of {package} {read} that {file} was written from. {again}")


@pytest.mark.parametrize("file", list(hooks.HOOKS))
def test_each_file_names_the_version_it_was_read_from(file: str) -> None:
    named = dict(re.findall(r"(dspy|gepa) (\d+\.\d+\.\d+)", (ROOT / file).read_text()))
    packages = {hook.split(".")[0] for hook in hooks.HOOKS[file]}
    assert named == {package: READ["versions"][package] for package in packages}


def test_a_change_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from dspy.teleprompt.random_search import BootstrapFewShotWithRandomSearch

    hook = "dspy.teleprompt.random_search:BootstrapFewShotWithRandomSearch.compile"

    def compile(self: object, student: object) -> object:
        return student

    monkeypatch.setattr(BootstrapFewShotWithRandomSearch, "compile", compile)
    with pytest.raises(pytest.fail.Exception, match="random_search.py was written from.*Read it again"):
        test_hook_is_as_it_was_read("optrail/watch/random_search.py", hook)
    monkeypatch.delattr(BootstrapFewShotWithRandomSearch, "compile")
    with pytest.raises(pytest.fail.Exception, match="is gone from dspy|is not the one of dspy"):
        test_hook_is_as_it_was_read("optrail/watch/random_search.py", hook)
