"""What the importers have in common: a finished run, written in one go, whose ids follow from what it is made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..client import Client
from ..errors import OptrailError, Rejected, Unreachable
from ..ids import id_of
from ..jsonable import Json, jsonable, name_of, without_none
from ..recorder import batches, encode, stored


@dataclass
class ImportedIteration:
    """An iteration, and the samples of it that are known."""

    fields: dict[str, Json]
    samples: Sequence[Mapping[str, Json]] = ()


@dataclass
class ImportedRun:
    """A run as it was found on the disk."""

    run_name: str
    optimizer_type: str
    iterations: list[ImportedIteration]
    fields: dict[str, Json] = field(default_factory=dict)
    config: dict[str, Json] = field(default_factory=dict)

    def identity(self, project_id: str) -> str:
        """The run's id: the same content in the same project is the same run, so that importing it again changes nothing."""
        content = json.dumps(
            jsonable([self.run_name, self.optimizer_type, [each.fields for each in self.iterations]]), sort_keys=True
        )
        return id_of("run", project_id, hashlib.sha256(content.encode()).hexdigest())


def send(client: Client, project_id: str, run: ImportedRun) -> str:
    """Stores a run and says its id. Raises OptrailError where the server is away or refuses it."""
    run_id = run.identity(project_id)
    path = f"/v1/runs/{run_id}"
    try:
        _post(client, "/v1/runs", {
            "id": run_id, "projectId": project_id, "runName": name_of(run.run_name) or run.optimizer_type,
            "optimizerType": run.optimizer_type, "config": {**run.config, "optimizer": run.optimizer_type},
            "status": "completed", **run.fields,
        })  # fmt: skip
        for index, each in enumerate(run.iterations):
            number = each.fields.get("iteration", index)
            iteration_id = id_of("iteration", run_id, str(number))
            _post(client, f"{path}/iterations", {"id": iteration_id, "projectId": project_id, "iteration": number, **each.fields})
            for part in batches(_rows(project_id, number, each.samples)):
                client.send("POST", f"{path}/samples", part)
    except Unreachable as error:
        hint = f"Start it with `npx optrail serve`, or name another with --url. ({client.target.url})"
        raise OptrailError("server_unreachable", f"Nothing or only a part was imported: {error}.", hint=hint) from error
    except Rejected as error:
        raise OptrailError(error.code, error.message, hint=error.hint) from error
    return run_id


def _rows(project_id: str, number: int, samples: Iterable[Mapping[str, Json]]) -> Iterable[dict[str, Json]]:
    place = {"projectId": project_id, "iteration": number}
    return ({**place, "sampleIndex": index, **without_none(stored(each))} for index, each in enumerate(samples))


def _post(client: Client, path: str, body: Mapping[str, Any]) -> None:
    client.send("POST", path, encode(without_none(stored(body))))
