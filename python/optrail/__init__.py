"""Optrail for Python: DSPy's optimizers recorded, every run, iteration and sample.

with optrail.track(project_id="proj_123", run_name="triage"):
    better = optimizer.compile(program, trainset=trainset)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import OptrailError
from .tracking import track

if TYPE_CHECKING:
    from .watch.callback import DSPyCallback

__version__ = "0.1.0"
__all__ = ["DSPyCallback", "OptrailError", "__version__", "track"]


def __getattr__(name: str) -> Any:
    # DSPy is the user's own, and the importers do without it: it is not loaded before it is needed.
    if name == "DSPyCallback":
        from .watch.callback import DSPyCallback

        return DSPyCallback
    raise AttributeError(f"module 'optrail' has no attribute {name!r}")
