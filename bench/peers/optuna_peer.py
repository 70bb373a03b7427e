"""One Optuna study whose trials come one by one: ask, suggest, tell. Its storage is Optuna's own default for a URL."""

import sys

import optuna
from work import LAYERS, STYLES, score_of, serve

STUDY = "bench"


class OptunaPeer:
    def __init__(self, url: str) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.url = url
        self.sampler = optuna.samplers.RandomSampler(seed=1)
        self.study = optuna.create_study(storage=url, study_name=STUDY, direction="maximize", sampler=self.sampler)

    def reopen(self) -> None:
        self.study = optuna.load_study(storage=self.url, study_name=STUDY, sampler=self.sampler)

    def record(self, trial: int, history: list[float]) -> None:
        asked = self.study.ask()
        asked.suggest_float("temperature", 0, 1)
        asked.suggest_int("layers", *LAYERS)
        asked.suggest_categorical("style", STYLES)
        for step, value in enumerate(history):
            asked.report(value, step)
        self.study.tell(asked, score_of(trial))

    def best(self) -> int:
        return self.study.best_trial.number

    def last(self, count: int) -> list[int]:
        return self.page(0, count)

    def page(self, offset: int, count: int) -> list[int]:
        # All trials or none; not copying them is the quicker of the two ways that Optuna offers.
        newest_first = self.study.get_trials(deepcopy=False)[::-1]
        return [trial.number for trial in newest_first[offset : offset + count]]

    def history(self, trial: int) -> list[float]:
        return list(self.study.get_trials(deepcopy=False)[trial].intermediate_values.values())


serve(OptunaPeer(sys.argv[1]))
