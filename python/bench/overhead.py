"""What recording costs: the same compile with and without, by a stand-in model that takes 100 ms a call.

    .venv/bin/python bench/overhead.py [rounds]

Both take turns, so that a busy machine slows both alike. What recording adds on the compile's own threads is also measured
directly, as the processor time spent inside of its callbacks, which does not depend on the machine's other work.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "tests")]
import dspy
import optrail
from conftest import Server
from model import LocalModel
from task import Program, exact, examples

DELAY = 0.1


def compiled() -> None:
    given = examples()
    optimizer = dspy.MIPROv2(metric=exact, auto=None, num_candidates=3, seed=3, num_threads=1)
    optimizer.compile(
        Program(), trainset=given[:12], valset=given[12:], num_trials=4, minibatch_size=5, minibatch_full_eval_steps=3
    )


def seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def within(callback: Any, spent: list[float]) -> None:
    """Counts the time inside of each of the callback's methods."""
    for name in [name for name in dir(callback) if name.startswith("on_")]:
        method = getattr(callback, name)

        def timed(*args: Any, _method: Any = method, **kwargs: Any) -> Any:
            started = time.thread_time()
            try:
                return _method(*args, **kwargs)
            finally:
                spent.append(time.thread_time() - started)

        setattr(callback, name, timed)


def main(rounds: int) -> None:
    logging.disable(logging.CRITICAL)
    out, quiet = sys.stdout, Path(os.devnull).open("w")
    sys.stdout = sys.stderr = quiet
    dspy.configure(lm=LocalModel(delay=DELAY))
    results: dict[str, list[float]] = {"without": [], "server": [], "journal": []}
    shares: dict[str, list[float]] = {"server": [], "journal": []}
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "db")
        try:
            for _ in range(rounds):
                results["without"].append(seconds(compiled))
                for name, url in (("server", server.url), ("journal", "http://127.0.0.1:9")):
                    callback = optrail.DSPyCallback("bench", name, url=url, journal=Path(folder) / "journal")
                    spent: list[float] = []
                    within(callback, spent)
                    with dspy.context(callbacks=[callback]):
                        took = seconds(compiled)
                    results[name].append(took)
                    shares[name].append(sum(spent) / took)
                    callback.close()
        finally:
            server.stop()
    sys.stdout = out
    base = statistics.median(results["without"])
    print(f"without recording: {base:.2f} s (median of {rounds})")
    for name, share in shares.items():
        took = statistics.median(results[name])
        inside = statistics.median(share)
        print(f"recorded into the {name}: {took:.2f} s, {100 * (took / base - 1):+.2f}%; in its callbacks {100 * inside:.2f}%")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
