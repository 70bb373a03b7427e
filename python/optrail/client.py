"""A thin client of the REST API: one request in, stored or an error out. Rules, hashes and statistics are the server's."""

from __future__ import annotations

import json
import threading
from typing import Any

import httpx

from .errors import Rejected, Unreachable
from .settings import Target

#: Seconds for a connection, and for the server to store one request.
TIMEOUT = httpx.Timeout(30.0, connect=3.0)


class Client:
    """Sends JSON to a server. Safe for several threads."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._http: httpx.Client | None = None
        self._making = threading.Lock()

    def _connection(self) -> httpx.Client:
        """Made by the thread that sends: reading the system's certificates takes longer than a compile may be held up."""
        with self._making:
            if self._http is None:
                self._http = self._connect()
            return self._http

    def _connect(self) -> httpx.Client:
        target = self.target
        headers = {"content-type": "application/json", "user-agent": "optrail-python"}
        if target.api_key is not None:
            headers["authorization"] = f"Bearer {target.api_key}"
        url = httpx.URL(target.url)
        # The user's HTTP_PROXY is not for a server on this machine.
        local = url.host in {"127.0.0.1", "localhost", "::1"}
        verify = url.scheme == "https"
        return httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT, trust_env=not local, verify=verify)

    def send(self, method: str, path: str, body: bytes | None = None) -> Any:
        """Sends a request and returns its answer. Raises Unreachable where it may do better later, Rejected where not."""
        try:
            response = self._connection().request(method, path, content=body)
        except httpx.TransportError as error:
            raise Unreachable(f"no server answers at {self.target.url} ({type(error).__name__})") from error
        if response.is_success:
            return response.json() if response.content else None
        raise _refusal(response, self.target.url)

    def get(self, path: str) -> Any:
        """Reads."""
        return self.send("GET", path)

    def close(self) -> None:
        """Closes the connections."""
        if self._http is not None:
            self._http.close()


def _refusal(response: httpx.Response, url: str) -> Unreachable | Rejected:
    problem = _problem(response)
    code = str(problem.get("code") or f"http_{response.status_code}")
    message = str(problem.get("detail") or problem.get("title") or response.reason_phrase)
    errors = problem.get("errors")
    if isinstance(errors, list):
        message += "".join(f"\n  {each.get('pointer')}: {each.get('detail')}" for each in errors[:10] if isinstance(each, dict))
    if response.status_code == 401:
        # Nothing is wrong with the request: it waits until there is a key.
        return Unreachable(f"{url} asks for an API key that it knows ({message}); set OPTRAIL_API_KEY")
    if problem.get("retryable") is True or response.status_code in {408, 429} or response.status_code >= 500:
        return Unreachable(f"{url} answered {response.status_code} {code}: {message}", retry_after=_retry_after(response))
    hint = problem.get("hint")
    return Rejected(code, message, hint=hint if isinstance(hint, str) else None)


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        problem = json.loads(response.content)
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _retry_after(response: httpx.Response) -> float | None:
    try:
        return max(0.0, float(response.headers.get("retry-after", "")))
    except ValueError:
        return None
