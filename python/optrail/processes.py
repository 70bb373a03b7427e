"""The lock beside a journal, as Optrail's other writers make it: `<file>.lock.1` names the process that writes."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from pathlib import Path


def this_process() -> dict[str, object]:
    """What tells this process from every other, also from a later one with the same pid."""
    return {"pid": os.getpid(), "started": _started(), "place": _place()}


def _started() -> str | None:
    """Boot id and clock ticks since boot, from /proc; None where the system does not tell."""
    try:
        stat = Path("/proc/self/stat").read_text()
        # The name, in parentheses, may itself hold spaces and parentheses.
        fields = stat[stat.rindex(")") + 2 :].split(" ")
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}/{fields[19]}"
    except (OSError, ValueError, IndexError):
        return None


def _place() -> str:
    """Host name and, on Linux, the pid namespace: a container has its own."""
    try:
        return f"{socket.gethostname()} {os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115 - a name, and no path
    except OSError:
        return socket.gethostname()


class FileLock:
    """Held until it is released or the process ends. The file it locks is new, so that nobody else can hold it."""

    def __init__(self, path: Path, length: int) -> None:
        self._path = path
        self._length = length

    @classmethod
    def acquire(cls, file: Path) -> FileLock:
        """Takes the lock of a file that does not exist yet."""
        path = file.with_name(f"{file.name}.lock.1")
        owner = json.dumps(this_process(), separators=(",", ":")).encode()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, owner)
        finally:
            os.close(descriptor)
        return cls(path, len(owner))

    def release(self, *, remove: bool) -> None:
        """Lets go; `remove` takes the lock's file away too, where what it locked is gone."""
        with contextlib.suppress(OSError):
            if remove:
                self._path.unlink(missing_ok=True)
            else:
                # As long as the owner's name, so that one write replaces it.
                self._path.write_text("{}".ljust(self._length))
