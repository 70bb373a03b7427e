"""BootstrapFewShotWithRandomSearch: one candidate a seed, each evaluated in full.

Read from dspy 3.4.1, dspy/teleprompt/random_search.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from .evaluation import Evaluation
from .watch import Watch

#: What DSPy's first three seeds make; later ones shuffle the training set.
KINDS = {-3: "zero_shot", -2: "labels_only", -1: "unshuffled_bootstrap"}


class RandomSearchWatch(Watch):
    """The seeds come in DSPy's order, those of `restrict` alone where it is given."""

    optimizer_type: ClassVar[str | None] = "bootstrap_random_search"

    def attach(self) -> None:
        """DSPy counts the seeds up and skips what `restrict` leaves out."""
        restrict = self.compile.inputs.get("restrict")
        allowed = None if restrict is None else set(restrict)
        last = int(getattr(self.compile.optimizer, "num_candidate_sets", 0))
        self._seeds: Iterator[int] = iter([seed for seed in range(-3, last) if allowed is None or seed in allowed])

    def evaluated(self, evaluation: Evaluation) -> None:
        """The next seed's candidate."""
        seed = next(self._seeds, None)
        params = {} if seed is None else {"seed": seed, "kind": KINDS.get(seed, "shuffled_bootstrap")}
        self.record(evaluation, isBaseline=seed == -3 or None, params=params)
