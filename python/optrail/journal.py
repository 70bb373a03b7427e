"""The documented journal (docs/journal.md): requests that wait, one JSON object a line, each sealed with its CRC-32."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import zlib
from collections import deque
from pathlib import Path
from typing import Any, BinaryIO

from .ids import new_id
from .processes import FileLock

VERSION = 1
#: A file takes at most this many bytes.
MAX_BYTES = 1024**3


class JournalFull(Exception):
    """The file has reached its limit."""


def seal(record: dict[str, Any]) -> bytes:
    """A record as its line, the CRC-32 of the bytes before it as its last member."""
    text = json.dumps(record, separators=(",", ":"), ensure_ascii=False)[:-1].encode()
    return text + b',"crc32":"%08x"}\n' % zlib.crc32(text)


def unseal(line: bytes) -> dict[str, Any] | None:
    """The record of a line; None where the line is damaged."""
    text, tail = line.rstrip(b"\n")[:-20], line.rstrip(b"\n")[-20:]
    if tail != b',"crc32":"%08x"}' % zlib.crc32(text):
        return None
    record = json.loads(text + b"}")
    return record if isinstance(record, dict) else None


class Journal:
    """One file of requests, written by this process alone until it is closed.

    It comes to be with the first request, and goes when nothing is left in it. Not safe for several threads: its owner
    (the outbox) holds a lock.
    """

    def __init__(self, directory: Path, run_id: str | None = None) -> None:
        self.directory = directory
        self.run_id = run_id
        self.path: Path | None = None
        self.rejected = 0
        self._file: BinaryIO | None = None
        self._lock: FileLock | None = None
        self._sequence = 0
        self._end = 0
        #: The requests that wait: sequence, and where their line stands.
        self._waiting: deque[tuple[int, int, int]] = deque()

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._waiting)

    def append(self, method: str, path: str, body: bytes, *, sync: bool = True) -> None:
        """Keeps a request, whose body is JSON text. Raises OSError where the disk takes nothing, JournalFull at the limit."""
        file = self._file or self._create()
        line = self._line(method, path, body)
        if self._end + len(line) > MAX_BYTES:
            raise JournalFull(str(self.path))
        start = self._end
        self._write(file, line)
        if sync:
            os.fsync(file.fileno())
        self._waiting.append((self._sequence, start, len(line)))

    def sync(self) -> None:
        """Waits until what was appended is on the disk."""
        if self._file is not None:
            os.fsync(self._file.fileno())

    def first(self) -> tuple[str, str, bytes]:
        """Method, path and body of the request that waits longest."""
        assert self._file is not None
        _, start, length = self._waiting[0]
        self._file.seek(start)
        record = unseal(self._file.read(length))
        if record is None:
            raise OSError(f"{self.path} was changed by somebody else")
        body = json.dumps(record["body"], separators=(",", ":"), ensure_ascii=False).encode()
        return record["method"], record["path"], body

    def acknowledge(self) -> None:
        """The first request is stored."""
        self._settle({"kind": "acknowledged"})

    def reject(self, reason: dict[str, str]) -> None:
        """The first request was refused for good; the file stays, for somebody to look at."""
        self.rejected += 1
        self._settle({"kind": "rejected"}, reason)

    def close(self) -> None:
        """Lets go of the file; `optrail sync` may take it up."""
        if self._file is None:
            return
        empty = not self._waiting and self.rejected == 0
        self._file.close()
        self._file = None
        if empty and self.path is not None:
            self.path.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.release(remove=empty)
        self.path = None if empty else self.path

    def _settle(self, record: dict[str, Any], reason: dict[str, str] | None = None) -> None:
        assert self._file is not None
        sequence, _, _ = self._waiting.popleft()
        settled = {**record, "sequence": sequence}
        self._write(self._file, seal(settled if reason is None else {**settled, "reason": reason}))
        if not self._waiting and self.rejected == 0:
            self.close()
            self._sequence = self._end = 0

    def _create(self) -> BinaryIO:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        gitignore = self.directory / ".gitignore"
        if not gitignore.exists():
            gitignore.write_text("*\n")
        now = datetime.datetime.now(datetime.timezone.utc)
        name = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{self.run_id or new_id()}.jsonl"
        self.path = self.directory / name
        self._lock = FileLock.acquire(self.path)
        # It holds prompts and examples: for its owner alone.
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        file = os.fdopen(descriptor, "w+b", buffering=0)
        self._file = file
        header = {
            "kind": "journal",
            "version": VERSION,
            "runId": self.run_id,
            "target": None,
            "createdAt": now.isoformat(),
        }
        self._write(file, seal(header))
        return file

    def _line(self, method: str, path: str, body: bytes) -> bytes:
        self._sequence += 1
        head = json.dumps({"kind": "request", "sequence": self._sequence, "method": method, "path": path}, separators=(",", ":"))
        text = head[:-1].encode() + b',"body":' + body
        return text + b',"crc32":"%08x"}\n' % zlib.crc32(text)

    def _write(self, file: BinaryIO, line: bytes) -> None:
        try:
            file.seek(self._end)
            done = 0
            while done < len(line):
                done += file.write(line[done:])
        except OSError:
            with contextlib.suppress(OSError):
                file.truncate(self._end)
            raise
        self._end += len(line)
