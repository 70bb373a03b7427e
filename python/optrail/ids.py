"""Ids made by the client, so that a request sent twice is stored once."""

from __future__ import annotations

import os
import time
import uuid


def new_id() -> str:
    """A UUID of version 7: 48 bits of milliseconds, then random bits, so that ids sort by the time they were made."""
    milliseconds = time.time_ns() // 1_000_000
    bits = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=bits))


_IMPORTS = uuid.UUID("6f707472-6169-5c00-8000-696d706f7274")


def id_of(*parts: str) -> str:
    """The same UUID (version 5) for the same parts: what is imported twice is stored once."""
    return str(uuid.uuid5(_IMPORTS, "\n".join(parts)))
