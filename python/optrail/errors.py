"""What the package raises at its own doors. Nothing of it is ever raised into a compile."""

from __future__ import annotations


class OptrailError(Exception):
    """An error with a code as the server's, and a hint that says what to do about it."""

    def __init__(self, code: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(message if hint is None else f"{message}\n  {hint}")
        self.code = code
        self.message = message
        self.hint = hint


class Unreachable(Exception):
    """A request that may do better later: no server answered, or it said so."""

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Rejected(Exception):
    """A request that the server refused for good."""

    def __init__(self, code: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.hint = hint

    def reason(self) -> dict[str, str]:
        """As the journal keeps it."""
        reason = {"code": self.code, "message": self.message}
        return reason if self.hint is None else {**reason, "hint": self.hint}
