"""What no server takes."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path
from typing import Any

import dspy
import pytest
from conftest import CLI, ROOT, Server, state
from task import Program, exact, examples

import optrail
from optrail.errors import Rejected, Unreachable
from optrail.journal import Journal, seal, unseal
from optrail.outbox import Outbox, Request
from optrail.settings import Target, journal_directory


class Away:
    """A server that is away until it is let back; then it keeps what it gets."""

    def __init__(self, *, away: bool = True, slow: float = 0.0) -> None:
        self.away, self.slow = away, slow
        self.got: list[tuple[str, str, Any]] = []
        self.refuse: set[str] = set()
        self.tries = 0

    def send(self, method: str, path: str, body: bytes | None = None) -> object:
        self.tries += 1
        time.sleep(self.slow)
        if self.away:
            raise Unreachable("no server answers")
        if path in self.refuse:
            raise Rejected("forbidden", "Your role does not allow this.")
        self.got.append((method, path, json.loads(body or b"{}")))
        return None


def records(path: Path) -> list[dict[str, Any]]:
    lines = path.read_bytes().splitlines(keepends=True)
    found = [unseal(line) for line in lines]
    assert None not in found
    return [each for each in found if each is not None]


def wait(until: Any, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.01)


def request(number: int, size: int = 10) -> Request:
    return Request("POST", f"/v1/runs/{number}", json.dumps({"n": number, "text": "é" * size}, ensure_ascii=False).encode())


def test_a_line_is_sealed_as_the_documentation_says() -> None:
    line = seal({"kind": "request", "sequence": 1, "method": "POST", "path": "/v1/runs", "body": {"name": "späť"}})
    text, tail = line[:-21], line[-21:]
    assert tail == b',"crc32":"%08x"}\n' % zlib.crc32(text)
    assert json.loads(text + b"}")["body"] == {"name": "späť"}
    assert unseal(line) == {"kind": "request", "sequence": 1, "method": "POST", "path": "/v1/runs", "body": {"name": "späť"}}
    assert unseal(line.replace(b"POST", b"PUSH")) is None


def test_requests_wait_in_order_and_are_sent_when_the_server_is_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    server = Away()
    outbox = Outbox(server, Journal(tmp_path))
    with caplog.at_level(logging.WARNING, "optrail"):
        for number in range(5):
            outbox.submit(request(number))
        wait(lambda: outbox.journal.waiting == 5)
        for number in range(5, 8):
            outbox.submit(request(number))
    (path,) = tmp_path.glob("*.jsonl")
    assert path.stat().st_mode & 0o077 == 0, "it holds prompts"
    assert (tmp_path / ".gitignore").read_text() == "*\n"
    kept = records(path)
    assert kept[0]["kind"] == "journal"
    assert [each["body"]["n"] for each in kept[1:]] == list(range(8))
    assert [each["sequence"] for each in kept[1:]] == list(range(1, 9))
    said = [each.message for each in caplog.records]
    assert len(said) == 1, "it is said once"
    assert str(path) in said[0]
    assert "optrail sync" in said[0]
    assert outbox.flush(5.0) is False, "nobody waits for a server that is away"

    server.away = False
    wait(lambda: len(server.got) == 8)
    assert [body["n"] for _, _, body in server.got] == list(range(8))
    wait(lambda: not list(tmp_path.glob("*.jsonl*")))
    outbox.close()


def test_a_server_that_is_away_is_not_asked_for_each_request(tmp_path: Path) -> None:
    server = Away()
    outbox = Outbox(server, Journal(tmp_path))
    for number in range(200):
        outbox.submit(request(number))
    wait(lambda: outbox.journal.waiting == 200)
    assert server.tries <= 2
    outbox.close(0)


def test_memory_is_bounded_and_order_stays(tmp_path: Path) -> None:
    server = Away(away=False, slow=0.05)
    outbox = Outbox(server, Journal(tmp_path), memory_limit=1000)
    started = time.monotonic()
    for number in range(20):
        outbox.submit(request(number, 100))
    assert time.monotonic() - started < 0.5, "nobody waits for a slow server"
    assert outbox._bytes <= 1000
    assert outbox.journal.waiting >= 10
    assert outbox.flush(20)
    assert [body["n"] for _, _, body in server.got] == list(range(20))
    outbox.close()
    assert not list(tmp_path.glob("*.jsonl*"))


def test_what_is_refused_for_good_stays_with_its_reason(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    server = Away(away=False)
    server.refuse.add("/v1/runs/1")
    outbox = Outbox(server, Journal(tmp_path))
    for number in range(3):
        outbox.submit(request(number))
    assert outbox.flush(10)
    outbox.close()
    assert [body["n"] for _, _, body in server.got] == [0, 2]
    (path,) = tmp_path.glob("*.jsonl")
    rejected = [each for each in records(path) if each["kind"] == "rejected"]
    assert [(each["sequence"], each["reason"]["code"]) for each in rejected] == [(1, "forbidden")]
    assert "Your role does not allow this." in caplog.text


def test_a_slow_server_does_not_hold_up_the_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    server = Away(away=False, slow=2.0)
    outbox = Outbox(server, Journal(tmp_path))
    for number in range(3):
        outbox.submit(request(number))
    wait(lambda: server.tries == 1)
    started = time.monotonic()
    outbox.close(0)
    assert time.monotonic() - started < 1.5
    (path,) = tmp_path.glob("*.jsonl")
    assert [each["body"]["n"] for each in records(path)[1:]] == [0, 1, 2], "what was on its way is sent twice and stored once"
    outbox._thread.join(5)
    assert len(server.got) == 1
    outbox.submit(request(4))
    assert outbox.dropped == 1
    assert "after the end of the recording" in caplog.text


def test_a_full_disk_costs_the_trail_and_not_the_compile(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("no directory")
    outbox = Outbox(Away(), Journal(tmp_path / "file"), memory_limit=500)
    for number in range(50):
        outbox.submit(request(number, 50))
    wait(lambda: outbox.dropped > 0)
    assert outbox._bytes <= 500
    assert "part of this trail is lost" in caplog.text
    outbox.close(0)


def test_an_error_of_the_senders_own_ends_nothing(tmp_path: Path) -> None:
    class Mad(Away):
        def send(self, method: str, path: str, body: bytes | None = None) -> object:
            if path.endswith("/0"):
                raise ZeroDivisionError
            return super().send(method, path, body)

    server = Mad(away=False)
    outbox = Outbox(server, Journal(tmp_path))
    outbox.submit(request(0))
    outbox.submit(request(1))
    assert outbox.flush(10)
    assert [body["n"] for _, _, body in server.got] == [1]
    outbox.close()


def bootstrap(**settings: Any) -> Any:
    optimizer = dspy.BootstrapFewShot(metric=exact, max_bootstrapped_demos=2, max_labeled_demos=2, **settings)
    return optimizer.compile(Program(), trainset=examples()[:6])


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_a_compile_without_a_server_is_stored_later_by_optrail_sync(tmp_path: Path, server: Server, recorded: Any) -> None:
    with optrail.track("later", "offline", url=f"http://127.0.0.1:{free_port()}", journal=tmp_path) as callback:
        program = bootstrap()
    (path,) = tmp_path.glob("*.jsonl")
    lock = path.with_name(path.name + ".lock.1")
    assert json.loads(lock.read_text()) == {}, "sync may have it"
    command = ["node", str(CLI), "sync", "--dir", str(tmp_path), "--db", server.url, "--json"]
    synced = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert synced.returncode == 0, synced.stderr
    assert not path.exists()
    trail = recorded(callback.runs[0])
    assert trail.run["status"] == "completed"
    assert trail.number(trail.run["bestIteration"])["program"] == state(program)
    assert trail.samples


def test_the_journal_of_a_process_that_runs_is_left_alone(tmp_path: Path, server: Server) -> None:
    outbox = Outbox(Away(), Journal(tmp_path))
    outbox.submit(request(1))
    wait(lambda: outbox.journal.waiting == 1)
    command = ["node", str(CLI), "sync", "--dir", str(tmp_path), "--db", server.url, "--json"]
    synced = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert "in use by a process that runs" in synced.stdout
    assert outbox.journal.waiting == 1
    outbox.close(0)


class Door:
    """A port behind which the server is, once it is opened."""

    def __init__(self, url: str) -> None:
        self.port = free_port()
        self._there = ("127.0.0.1", int(url.rpartition(":")[2]))

    def open(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._let_in, args=(listener,), daemon=True).start()

    def _let_in(self, listener: socket.socket) -> None:
        while True:
            near, _ = listener.accept()
            far = socket.create_connection(self._there)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, sink: socket.socket) -> None:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.close()


def test_a_server_that_comes_up_during_the_process_gets_it_all(tmp_path: Path, server: Server, recorded: Any) -> None:
    door = Door(server.url)
    callback = optrail.DSPyCallback("up", "soon", url=f"http://127.0.0.1:{door.port}", journal=tmp_path)
    with dspy.context(callbacks=[callback]):
        bootstrap()
    wait(lambda: list(tmp_path.glob("*.jsonl")))
    door.open()
    wait(lambda: callback._outbox.waiting == 0, 40)
    trail = recorded(callback.runs[0])
    assert trail.run["status"] == "completed"
    assert trail.iterations
    callback.close()
    assert not list(tmp_path.glob("*.jsonl"))


SCRIPT = """
import sys; sys.path[:0] = [{root!r}, {tests!r}]
import dspy, optrail
from model import LocalModel
from task import Program, exact, examples
dspy.configure(lm=LocalModel(), callbacks=[optrail.DSPyCallback("exit", url="http://127.0.0.1:{port}", journal={journal!r})])
optimizer = dspy.BootstrapFewShot(metric=exact, max_bootstrapped_demos=2, max_labeled_demos=2)
optimizer.compile(Program(), trainset=examples()[:6])
print("compiled", flush=True)
{end}
"""


# A process that a shell started in the background has SIGINT ignored until it says otherwise.
INTERRUPT = "import os, signal; signal.signal(signal.SIGINT, signal.default_int_handler); os.kill(os.getpid(), signal.SIGINT)"


@pytest.mark.parametrize("end", ["", INTERRUPT, "raise SystemExit(3)"])
def test_the_end_of_the_process_keeps_what_waits(tmp_path: Path, end: str) -> None:
    script = SCRIPT.format(
        root=str(ROOT / "python"), tests=str(Path(__file__).parent), port=free_port(), journal=str(tmp_path), end=end
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert "compiled" in done.stdout, done.stderr
    assert (done.returncode == 0) == (end == "")
    (path,) = tmp_path.glob("*.jsonl")
    kept = [each for each in records(path) if each["kind"] == "request"]
    assert kept[-1]["body"]["status"] == "completed"
    assert "optrail sync" in done.stderr


def test_a_forked_process_records_nothing_and_does_not_hang(tmp_path: Path) -> None:
    outbox = Outbox(Away(), Journal(tmp_path))
    child = os.fork()
    if child == 0:
        outbox.submit(request(1))
        outbox.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert outbox.waiting == 0
    outbox.close()


def test_where_the_trail_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Target.resolve(journal=tmp_path).url == "http://127.0.0.1:4700"
    monkeypatch.setenv("OPTRAIL_URL", "https://trail.example/")
    monkeypatch.setenv("OPTRAIL_API_KEY", "optrail_x")
    target = Target.resolve(journal=tmp_path)
    assert (target.url, target.api_key) == ("https://trail.example", "optrail_x")
    assert Target.resolve("http://other", journal=tmp_path).url == "http://other"
    with pytest.raises(optrail.OptrailError, match="no address of a server"):
        Target.resolve("localhost:4700", journal=tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    assert journal_directory(tmp_path / "deep" / "er") == tmp_path / ".optrail" / "journal"


def test_threads_may_submit_at_once(tmp_path: Path) -> None:
    server = Away(away=False)
    outbox = Outbox(server, Journal(tmp_path))
    threads = [threading.Thread(target=lambda n=n: [outbox.submit(request(n)) for _ in range(50)]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outbox.flush(10)
    assert len(server.got) == 200
    outbox.close()
