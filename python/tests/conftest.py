from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
CLI = ROOT / "dist" / "cli" / "main.js"
sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("DSPY_CACHEDIR", tempfile.mkdtemp(prefix="optrail-dspy-"))
for name in ("OPTRAIL_URL", "OPTRAIL_API_KEY", "OPTRAIL_DATABASE_URL", "SUPABASE_DB_URL"):
    os.environ.pop(name, None)


class Server:
    """A real `optrail serve` on a free port, over an embedded database of its own."""

    def __init__(self, directory: Path, port: int = 0) -> None:
        self.directory = directory
        command = ["node", str(CLI), "serve", "--port", str(port), "--db", str(directory)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said.append(line)
            if found := re.search(r"http://[\d.]+:\d+", line):
                self.url = found[0]
                break
        else:
            raise RuntimeError("optrail serve did not start:\n" + "".join(said))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def get(self, path: str, **params: Any) -> Any:
        response = httpx.get(self.url + path, params=params, timeout=30)
        response.raise_for_status()
        return response.json() if response.content else None

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not CLI.exists():
        pytest.fail(f"{CLI} is not there: run `npm run build` first")
    started = Server(tmp_path_factory.mktemp("trail") / "db")
    yield started
    started.stop()


class Recorded:
    """What the server has of a run."""

    def __init__(self, server: Server, run_id: str) -> None:
        self.run = server.get(f"/v1/runs/{run_id}")
        self.iterations = server.get(f"/v1/runs/{run_id}/iterations", hashes="true")["data"]
        self.samples = server.get(f"/v1/runs/{run_id}/samples", hashes="true", limit=10000)["data"]

    def number(self, number: int) -> Any:
        return next(each for each in self.iterations if each["iteration"] == number)

    def of(self, number: int) -> list[Any]:
        return [each for each in self.samples if each["iteration"] == number]

    def roles(self, role: str) -> list[Any]:
        return [each for each in self.iterations if each["params"].get("role") == role]

    @property
    def full(self) -> list[Any]:
        return [each for each in self.iterations if each["evalKind"] == "full"]


@pytest.fixture(scope="session")
def recorded(server: Server) -> Callable[[str], Recorded]:
    return lambda run_id: Recorded(server, run_id)


@pytest.fixture(scope="session")
def tracked(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """`tracked(name)`: `optrail.track` against the server; nothing may be left over or refused."""
    import optrail

    @contextmanager
    def track(name: str, project: str = "py") -> Iterator[Any]:
        journal = tmp_path_factory.mktemp("journal")
        with optrail.track(project, name, url=server.url, journal=journal) as callback:
            yield callback
        left = [path.read_text() for path in journal.glob("*.jsonl")]
        assert not left, "the server did not take: " + "\n".join(
            line for text in left for line in text.splitlines() if "rejected" in line
        )

    return track


@pytest.fixture(autouse=True, scope="session")
def _model() -> None:
    import dspy
    from model import LocalModel

    dspy.configure(lm=LocalModel(), num_threads=2)


def state(program: Any) -> Any:
    """A program's state as JSON."""
    return json.loads(json.dumps(program.dump_state()))


def text(value: Any) -> str:
    """JSON as text, whatever the order of its keys."""
    return json.dumps(value, sort_keys=True)
