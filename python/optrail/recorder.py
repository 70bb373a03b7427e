"""A run as it is written: each method is one request of the REST API, taken at once and sent in the background."""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from .errors import OptrailError
from .ids import new_id
from .jsonable import MAX_NAME, jsonable, name_of, text_of, without_none
from .outbox import Outbox, Request
from .redact import redacted_text

#: Samples of one request, and about how many bytes of them: the server takes 32 MiB at once.
BATCH = 500
BATCH_BYTES = 4 * 1024 * 1024
#: Most tags of a run.
MAX_TAGS = 100
#: Seconds that the end of a tracked block waits for a server that answers.
FLUSH_SECONDS = 30.0


@dataclass(frozen=True)
class RunLabels:
    """What the user says of the runs to come."""

    project_id: str
    run_name: str | None = None
    tags: Sequence[str] = ()
    notes: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def checked(
        cls, project_id: str, run_name: str | None, tags: Iterable[str], notes: str | None, metadata: Mapping[str, Any] | None
    ) -> RunLabels:
        """Cut to what the server takes, so that no run is refused for its labels. Raises OptrailError without a project."""
        project = name_of(project_id)
        if project is None or len(str(project_id).strip()) > MAX_NAME:
            hint = f"project_id takes a text of 1 to {MAX_NAME} characters."
            raise OptrailError("invalid_input", f"{project_id!r} names no project.", hint=hint)
        named = [name for tag in tags if (name := name_of(tag)) is not None]
        text = None if notes is None else text_of(notes)
        return cls(project, name_of(run_name), named[:MAX_TAGS], text, dict(metadata or {}))


def now() -> str:
    """This moment as ISO 8601."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


def encode(body: Mapping[str, Any]) -> bytes:
    """A body as JSON text."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def batches(samples: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Samples as the bodies of as few requests as the server takes them in."""
    rows: list[bytes] = []
    size = 0
    for each in samples:
        row = encode(each)
        if rows and (len(rows) >= BATCH or size + len(row) > BATCH_BYTES):
            yield b'{"samples":[' + b",".join(rows) + b"]}"
            rows, size = [], 0
        rows.append(row)
        size += len(row)
    if rows:
        yield b'{"samples":[' + b",".join(rows) + b"]}"


class RunRecorder:
    """One run. Numbers its iterations from `first_iteration` up. Safe for several threads."""

    def __init__(self, outbox: Outbox, project_id: str, *, run_id: str | None = None, first_iteration: int = 0) -> None:
        self.id = run_id or new_id()
        self.project_id = project_id
        self._outbox = outbox
        self._lock = threading.Lock()
        self._next = first_iteration

    def start(self, *, run_name: str, optimizer_type: str, config: Mapping[str, Any], **fields: Any) -> None:
        """Makes the run, running unless `status` says otherwise; `fields` are those of a run, in the API's names."""
        config = {**config, "optimizer": optimizer_type}
        status = fields.pop("status", "running")
        self._post(
            "/v1/runs",
            {
                "id": self.id,
                "runName": name_of(run_name) or optimizer_type,
                "optimizerType": optimizer_type,
                "config": config,
                "status": status,
                **fields,
            },
        )
        if status == "running":
            self._outbox.beat(f"{self._path}/progress?projectId={_quoted(self.project_id)}", alive=True)

    def iteration(self, **fields: Any) -> int:
        """Stores an iteration under the run's next number, and says which."""
        with self._lock:
            number = self._next
            self._next += 1
        self._post(f"{self._path}/iterations", {"id": new_id(), "iteration": number, **fields})
        return number

    def update_iteration(self, number: int, **fields: Any) -> None:
        """Changes what is given of an iteration."""
        self._patch(f"{self._path}/iterations/{number}", fields)

    def samples(self, number: int, rows: Iterable[Mapping[str, Any]]) -> None:
        """Stores the samples of an iteration, numbered from 0 in their order."""
        place = {"projectId": self.project_id, "iteration": number}
        samples = [{**place, "sampleIndex": index, **without_none(stored(row))} for index, row in enumerate(rows)]
        for part in batches(samples):
            self._outbox.submit(Request("POST", f"{self._path}/samples", part))

    def update(self, **fields: Any) -> None:
        """Changes what is given of the run."""
        self._patch(self._path, fields)

    def finish(self, status: str, **fields: Any) -> None:
        """Ends the run: completed, failed or cancelled."""
        self._outbox.beat(f"{self._path}/progress?projectId={_quoted(self.project_id)}", alive=False)
        if "errorMessage" in fields:
            fields["errorMessage"] = text_of(fields["errorMessage"])
        self._patch(self._path, {"status": status, **fields})

    @property
    def _path(self) -> str:
        return f"/v1/runs/{self.id}"

    def _post(self, path: str, fields: Mapping[str, Any]) -> None:
        self._submit("POST", path, {"projectId": self.project_id, **without_none(stored(fields))})

    def _patch(self, path: str, fields: Mapping[str, Any]) -> None:
        self._submit("PATCH", f"{path}?projectId={_quoted(self.project_id)}", stored(fields))

    def _submit(self, method: str, path: str, body: Mapping[str, Any]) -> None:
        self._outbox.submit(Request(method, path, encode(body)))


def _quoted(text: str) -> str:
    return quote(text, safe="")


def stored(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a run, an iteration or a sample as they are sent.

    A program goes as JSON text: the server's JSON parser would lose ``10.0``, 64-bit integers and the order of numeric keys.
    An exception's texts lose the credentials that they name.
    """
    sent: dict[str, Any] = jsonable({key: value for key, value in fields.items() if key != "program"}, exact=True)
    for key in ("errorMessage", "errorStack"):
        if isinstance(sent.get(key), str):
            sent[key] = redacted_text(sent[key])
    if "program" in fields:
        program = jsonable({"program": fields["program"]})["program"]
        sent.update(
            {"program": None} if program is None else {"programText": json.dumps(program, ensure_ascii=False, allow_nan=False)}
        )
    return sent
