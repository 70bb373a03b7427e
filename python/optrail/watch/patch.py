"""A method of one optimizer, looked at while it compiles; the object is put back as it was."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping
from typing import Any

log = logging.getLogger("optrail")

Look = Callable[[Mapping[str, Any], Any], None]


class Patches:
    """What was put in the place of methods, to be taken away again."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def after(self, owner: Any, name: str, look: Look) -> None:
        """Calls `look(arguments, result)` after each call of the method, which works as before."""
        original = getattr(owner, name, None)
        if not callable(original):
            log.warning("optrail: %s has no %s any more; the run lacks what it would have told", type(owner).__name__, name)
            return
        signature = inspect.signature(original)

        def watched(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            try:
                look(signature.bind(*args, **kwargs).arguments, result)
            except Exception as error:  # noqa: BLE001 - looking must not hurt
                log.warning("optrail: %s could not be recorded: %s", name, error)
            return result

        self.replace(owner, name, watched)

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Puts a value in the place of an attribute of the object itself."""
        own = vars(owner)
        had, before = name in own, own.get(name)
        setattr(owner, name, value)
        self._undo.append(lambda: setattr(owner, name, before) if had else delattr(owner, name))

    def and_then(self, undo: Callable[[], None]) -> None:
        """Has something else taken away with the rest."""
        self._undo.append(undo)

    def undo(self) -> None:
        """Takes everything away again, the last first."""
        while self._undo:
            self._undo.pop()()
