"""MIPROv2 recorded, offline: a stand-in answers, which is no language model, without a key and the same every time.

npx optrail serve &
pip install dspy optuna httpx
PYTHONPATH=python python python/examples/miprov2_offline.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import dspy
import optrail

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from model import LocalModel
from task import Program, exact, examples


def main() -> None:
    dspy.configure(lm=LocalModel())
    tickets = examples()
    optimizer = dspy.MIPROv2(metric=exact, auto=None, num_candidates=5, seed=3)
    with optrail.track(project_id="triage", run_name="tickets with MIPROv2", tags=["example"]) as trail:
        better = optimizer.compile(
            Program(), trainset=tickets[:12], valset=tickets[12:], num_trials=15, minibatch_size=6, minibatch_full_eval_steps=4
        )
    baseline = better.trial_logs[1]["full_eval_score"]
    print(f"{baseline}% before, {better.score}% after: {trail.target.url}/runs/{trail.runs[0]}")


if __name__ == "__main__":
    main()
