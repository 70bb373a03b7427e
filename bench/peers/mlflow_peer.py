"""One MLflow experiment: a parent run, and a child run for each trial, as MLflow's guides on tuning show it."""

import sys

import mlflow
from mlflow.entities import Run
from work import HISTORY, LAYERS, METRIC, STYLES, score_of, serve

MOST = 1000


class MlflowPeer:
    def __init__(self, uri: str) -> None:
        self.uri = uri
        mlflow.set_tracking_uri(uri)
        self.experiment = mlflow.set_experiment("bench").experiment_id
        self.tokens: dict[int, str | None] = {0: None}
        self.ids: dict[int, str] = {}
        self.client = mlflow.MlflowClient(uri)
        mlflow.start_run(run_name="study")

    def reopen(self) -> None:
        self.client = mlflow.MlflowClient(self.uri)

    def record(self, trial: int, history: list[float]) -> None:
        with mlflow.start_run(run_name=f"trial-{trial}", nested=True) as run:
            mlflow.log_params({"temperature": trial % 11 / 10, "layers": trial % LAYERS[1] + 1, "style": STYLES[trial % 3]})
            for step, value in enumerate(history):
                mlflow.log_metric(HISTORY, value, step=step)
            mlflow.log_metric(METRIC, score_of(trial))
        self.ids[trial] = run.info.run_id

    def best(self) -> int:
        return self.numbers(self.client.search_runs([self.experiment], order_by=[f"metrics.{METRIC} DESC"], max_results=1))[0]

    def last(self, count: int) -> list[int]:
        return self.page(0, count)

    def page(self, offset: int, count: int) -> list[int]:
        if offset not in self.tokens:
            self.tokens[offset] = self.walk_to(offset)
        return self.numbers(self.client.search_runs([self.experiment], max_results=count, page_token=self.tokens[offset]))

    def history(self, trial: int) -> list[float]:
        return [metric.value for metric in self.client.get_metric_history(self.ids[trial], HISTORY)]

    def walk_to(self, offset: int) -> str | None:
        """A page far down is reached by the token of the page before it; finding that is not what is measured."""
        token = None
        while offset > 0:
            size = min(offset, MOST)
            token = self.client.search_runs([self.experiment], max_results=size, page_token=token).token
            offset -= size
        return token

    @staticmethod
    def numbers(runs: list[Run]) -> list[int]:
        return [int(run.info.run_name.removeprefix("trial-")) for run in runs]


serve(MlflowPeer(sys.argv[1]))
