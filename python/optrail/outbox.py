"""The requests on their way: a thread sends them in order, and what no server takes goes into the journal."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import random
import threading
import time
import weakref
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from .errors import Rejected, Unreachable
from .journal import Journal, JournalFull

log = logging.getLogger("optrail")

#: Bytes of requests that wait in memory; more goes to the disk at once.
MEMORY_LIMIT = 64 * 1024 * 1024
#: Seconds between signs of life, a third of the time after which a silent run counts as stale.
HEARTBEAT = 15.0
#: Seconds between two tries of a server that is away: the first, and the most.
BACKOFF = (0.5, 30.0)


@dataclass(frozen=True)
class Request:
    """A write, its body JSON text already."""

    method: str
    path: str
    body: bytes


class Sender(Protocol):
    """What sends a request: raises Unreachable where it may do better later, Rejected where not."""

    def send(self, method: str, path: str, body: bytes | None = None) -> object: ...  # noqa: D102


class Outbox:
    """Takes requests without ever waiting for a server, and sends them one after the other.

    While the server is away everything stands in the journal, which is sent when it answers again. At the end of the
    process what has not been sent is written there. Nothing that goes wrong here is raised; it is logged once.
    """

    def __init__(self, sender: Sender, journal: Journal, *, memory_limit: int = MEMORY_LIMIT) -> None:
        self._sender = sender
        self._journal = journal
        self._limit = memory_limit
        self._pid = os.getpid()
        self._changed = threading.Condition(threading.RLock())
        self._memory: deque[Request] = deque()
        self._bytes = 0
        self._sending = False
        self._offline: str | None = None
        self._delay = 0.0
        self._retry_at = 0.0
        self._closing = False
        self._closed = False
        self._beats: set[str] = set()
        self._warned: set[str] = set()
        self.dropped = 0
        self.sent = 0
        self._thread = threading.Thread(target=self._work, name="optrail-outbox", daemon=True)
        self._thread.start()
        _open.add(self)

    @property
    def waiting(self) -> int:
        """How many requests are not stored yet."""
        with self._changed:
            return len(self._memory) + self._journal.waiting

    @property
    def rejected(self) -> int:
        """How many requests the server refused for good and the journal keeps."""
        return self._journal.rejected

    @property
    def journal(self) -> Journal:
        """Where what waits for a server stands."""
        return self._journal

    def submit(self, request: Request) -> None:
        """Takes a request. A process forked off this one has no thread to send it, and records nothing."""
        if os.getpid() != self._pid:
            return
        with self._changed:
            if self._closed:
                self.dropped += 1
                self._warn("closed", "what comes after the end of the recording is not kept")
                return
            if self._journal.waiting > 0 or self._bytes + len(request.body) > self._limit:
                # Behind what stands in the journal already, so that the order stays.
                self._spill()
                self._keep(request, sync=False)
            else:
                self._memory.append(request)
                self._bytes += len(request.body)
            self._changed.notify_all()

    def beat(self, path: str, alive: bool) -> None:
        """Starts or ends the signs of life of a run; `path` is its progress."""
        with self._changed:
            if alive:
                self._beats.add(path)
            else:
                self._beats.discard(path)

    def flush(self, timeout: float) -> bool:
        """Waits until everything is stored, for `timeout` seconds and only while the server answers. Says whether it is."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while (self._memory or self._journal.waiting or self._sending) and self._offline is None:
                left = deadline - time.monotonic()
                if left <= 0 or not self._thread.is_alive():
                    break
                self._changed.wait(left)
            return not self._memory and not self._journal.waiting

    def close(self, timeout: float = 10.0) -> None:
        """Sends what it can in `timeout` seconds, writes the rest into the journal, and lets go of it."""
        if os.getpid() != self._pid or self._closing:
            return
        self.flush(timeout)
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(0.5 if self._sending else 5.0)
        with self._changed:
            self._spill()
            self._synced()
            left, path = self._journal.waiting, self._journal.path
            self._closed = True
            self._journal.close()
        _open.discard(self)
        if left > 0 and path is not None:
            log.warning("optrail: %d requests wait in %s; `npx optrail sync --dir %s` sends them", left, path, path.parent)

    def _work(self) -> None:
        beaten = time.monotonic()
        while True:
            with self._changed:
                while not self._closing and (due := self._due(beaten) - time.monotonic()) > 0:
                    self._changed.wait(due)
                if self._closing:
                    return
                request = self._next()
                late = self._offline is None and time.monotonic() - beaten >= HEARTBEAT
                beats = list(self._beats) if late else []
                self._sending = request is not None
            if beats:
                beaten = time.monotonic()
                self._send_beats(beats)
            if request is not None:
                self._deliver(request)

    def _due(self, beaten: float) -> float:
        """When there is something to do. A server that is away is left alone until then, whatever comes in."""
        if self._offline is not None:
            return self._retry_at
        ready = bool(self._memory) or self._journal.waiting > 0
        return 0.0 if ready else beaten + HEARTBEAT

    def _next(self) -> Request | None:
        if self._memory:
            return self._memory[0]
        if self._journal.waiting > 0:
            try:
                return Request(*self._journal.first())
            except OSError as error:
                self._warn("journal", "the journal can't be read: %s", error)
                with contextlib.suppress(OSError):
                    self._journal.reject({"code": "damaged", "message": str(error)})
        return None

    def _deliver(self, request: Request) -> None:
        try:
            self._sender.send(request.method, request.path, request.body)
        except Unreachable as error:
            self._away(error)
        except Rejected as error:
            self._settle(request, error)
        except Exception as error:  # noqa: BLE001 - a recorder must not end with its thread
            self._settle(request, Rejected("client_error", f"{type(error).__name__}: {error}"))
        else:
            self._settle(request, None)

    def _settle(self, request: Request, refused: Rejected | None) -> None:
        with self._changed:
            if self._closed:
                return  # It stands in the journal, and may be sent twice.
            self._sending = False
            self.sent += refused is None
            self._back()
            # Where it was spilled meanwhile it stands first in the journal.
            from_memory = bool(self._memory) and self._memory[0] is request
            try:
                if from_memory:
                    self._memory.popleft()
                    self._bytes -= len(request.body)
                    if refused is not None and self._journal.waiting == 0:
                        self._journal.append(request.method, request.path, request.body)
                        self._journal.reject(refused.reason())
                elif refused is None:
                    self._journal.acknowledge()
                else:
                    self._journal.reject(refused.reason())
            except (OSError, JournalFull) as error:
                self._warn("journal", "the journal can't be written: %s", error)
            if refused is not None:
                self._warn(f"rejected {refused.code}", "the server refused part of the trail; %s (%s)", refused, request.path)
            self._changed.notify_all()

    def _away(self, error: Unreachable) -> None:
        with self._changed:
            if self._closed:
                return
            self._sending = False
            first = self._offline is None
            self._offline = str(error)
            self._delay = BACKOFF[0] if first else min(self._delay * 2, BACKOFF[1])
            if error.retry_after is not None:
                self._delay = max(self._delay, min(error.retry_after, BACKOFF[1]))
            self._retry_at = time.monotonic() + self._delay * random.uniform(0.8, 1.2)
            self._spill()
            self._synced()
            if self._journal.path is not None:
                self._warn(
                    "offline",
                    "%s. The trail goes into %s; it is sent when the server answers, or by `npx optrail sync --dir %s`",
                    error, self._journal.path, self._journal.directory,
                )  # fmt: skip
            self._changed.notify_all()

    def _back(self) -> None:
        if self._offline is None:
            return
        self._offline = None
        if "offline" in self._warned:
            log.info("optrail: the server answers again")

    def _spill(self) -> None:
        """Moves what is in memory into the journal, in its order."""
        while self._memory:
            if not self._keep(self._memory[0], sync=False, drop=False):
                return
            request = self._memory.popleft()
            self._bytes -= len(request.body)

    def _keep(self, request: Request, *, sync: bool, drop: bool = True) -> bool:
        try:
            self._journal.append(request.method, request.path, request.body, sync=sync)
        except (OSError, JournalFull) as error:
            if not drop:
                return False
            if self._bytes + len(request.body) <= self._limit and self._journal.waiting == 0:
                self._memory.append(request)
                self._bytes += len(request.body)
                return True
            self.dropped += 1
            self._warn("dropped", "the journal takes no more (%s): part of this trail is lost", error)
            return False
        return True

    def _synced(self) -> None:
        try:
            self._journal.sync()
        except OSError as error:
            self._warn("journal", "the journal can't be written: %s", error)

    def _send_beats(self, paths: list[str]) -> None:
        for path in paths:
            try:
                self._sender.send("POST", path, b"{}")
            except Exception:  # noqa: BLE001 - the next one may do better
                return

    def _warn(self, kind: str, message: str, *values: object) -> None:
        if kind not in self._warned:
            self._warned.add(kind)
            log.warning("optrail: " + message, *values)


_open: weakref.WeakSet[Outbox] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for outbox in list(_open):
        outbox.close()
