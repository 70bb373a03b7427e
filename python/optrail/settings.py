"""Where the trail goes: the server, its key, and the directory of the journal."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .errors import OptrailError

DEFAULT_URL = "http://127.0.0.1:4700"


@dataclass(frozen=True)
class Target:
    """A server, and the place for what it can't take now."""

    url: str
    api_key: str | None
    journal: Path

    @classmethod
    def resolve(cls, url: str | None = None, api_key: str | None = None, journal: str | os.PathLike[str] | None = None) -> Target:
        """Fills in OPTRAIL_URL and OPTRAIL_API_KEY for what is not given. Raises OptrailError where the URL is none."""
        chosen = url or os.environ.get("OPTRAIL_URL") or DEFAULT_URL
        if not chosen.startswith(("http://", "https://")):
            raise OptrailError(
                "not_configured",
                f"{chosen!r} is no address of a server.",
                hint=f"OPTRAIL_URL and url= take one as `optrail serve` prints it, like {DEFAULT_URL}.",
            )
        return cls(
            url=chosen.rstrip("/"),
            api_key=api_key or os.environ.get("OPTRAIL_API_KEY") or None,
            journal=Path(journal) if journal is not None else journal_directory(),
        )


def journal_directory(start: Path | None = None) -> Path:
    """`.optrail/journal` in the project's directory: the nearest one upwards that holds a trail or is a project's root."""
    here = (start or Path.cwd()).resolve()
    marks = (".optrail", "package.json", "pyproject.toml", ".git")
    root = next((each for each in (here, *here.parents) if any((each / mark).exists() for mark in marks)), here)
    return root / ".optrail" / "journal"
