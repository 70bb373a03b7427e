"""The work every peer does: the trials, and the loop that takes calls from the bench, one JSON line in and one out."""

import contextlib
import json
import sys
import time
from typing import Protocol

METRIC = "score"
HISTORY = "accuracy"
LAYERS = (1, 9)
STYLES = ("terse", "worked example", "step by step")


def score_of(trial: int) -> float:
    """No two trials score the same, so that there is one best. The bench has the same formula."""
    return trial * 7919 % 10_007 / 10_007


class Peer(Protocol):
    def reopen(self) -> None:
        """Puts a new handle on what is stored in the place of the one at hand."""

    def record(self, trial: int, history: list[float]) -> None: ...

    def best(self) -> int: ...

    def last(self, count: int) -> list[int]: ...

    def page(self, offset: int, count: int) -> list[int]: ...

    def history(self, trial: int) -> list[float]: ...


def serve(peer: Peer) -> None:
    """Only what the tool does is timed: neither Python's start nor the pipe to the bench."""
    replies = sys.stdout
    print(json.dumps("ready"), file=replies, flush=True)
    for line in sys.stdin:
        call = json.loads(line)
        # MLflow prints an address for every run.
        with contextlib.redirect_stdout(sys.stderr):
            start = time.perf_counter()
            if call["reopen"]:
                peer.reopen()
            answer = getattr(peer, call["work"])(*call["arguments"])
            took = time.perf_counter() - start
        print(json.dumps({"ms": took * 1000, "answer": answer}), file=replies, flush=True)
