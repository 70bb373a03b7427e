"""Which watch tells which optimizer."""

from __future__ import annotations

from typing import Any

from .bootstrap import BootstrapWatch
from .copro import COPROWatch
from .gepa import GEPAWatch
from .mipro import MIPROWatch
from .plain import BetterTogetherWatch, KNNWatch
from .random_search import RandomSearchWatch
from .simba import SIMBAWatch
from .watch import Watch

#: By the name of DSPy's class, so that no optimizer is imported that is not used. A class of the user's own that derives from
#: one is told as that one; any other optimizer by its evaluations alone.
KINDS: dict[str, type[Watch]] = {
    "MIPROv2": MIPROWatch,
    "GEPA": GEPAWatch,
    "BootstrapFewShot": BootstrapWatch,
    "BootstrapFewShotWithRandomSearch": RandomSearchWatch,
    "COPRO": COPROWatch,
    "SIMBA": SIMBAWatch,
    "BetterTogether": BetterTogetherWatch,
    "KNNFewShot": KNNWatch,
}


def watch_of(optimizer: Any) -> type[Watch]:
    """The watch for an optimizer."""
    for kind in type(optimizer).__mro__:
        if kind.__module__.startswith("dspy.teleprompt.") and kind.__name__ in KINDS:
            return KINDS[kind.__name__]
    return Watch
