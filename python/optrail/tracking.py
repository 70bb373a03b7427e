"""`with optrail.track(...)`: the compiles of a block."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .recorder import FLUSH_SECONDS

if TYPE_CHECKING:
    from .watch.callback import DSPyCallback

#: Seconds that a block that failed or was interrupted waits for a server that answers.
INTERRUPTED_SECONDS = 5.0


@contextmanager
def track(
    project_id: str,
    run_name: str | None = None,
    *,
    tags: Sequence[str] = (),
    notes: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    url: str | None = None,
    api_key: str | None = None,
    journal: str | os.PathLike[str] | None = None,
) -> Iterator[DSPyCallback]:
    """Records every compile of a DSPy optimizer in the block.

    Args are those of `optrail.DSPyCallback`, whose `runs` has the ids of what was recorded. Callbacks of your own stay; one of
    Optrail's that `dspy.configure` set is silent in the block, so that nothing is recorded twice. At its end the block waits
    for what is still on its way, while the server answers and for at most 30 seconds; what it can't take is in the journal.

    Raises:
        OptrailError: The URL is no address of a server, the project has no name, or DSPy is older than 3.4.
    """
    import dspy

    from .watch.callback import DSPyCallback

    callback = DSPyCallback(
        project_id, run_name, tags=tags, notes=notes, metadata=metadata, url=url, api_key=api_key, journal=journal
    )
    others = [each for each in dspy.settings.get("callbacks", []) or [] if not isinstance(each, DSPyCallback)]
    patience = INTERRUPTED_SECONDS
    try:
        with dspy.context(callbacks=[*others, callback]):
            yield callback
        patience = FLUSH_SECONDS
    finally:
        callback.close(patience)
