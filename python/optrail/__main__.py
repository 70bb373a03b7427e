"""`python -m optrail import dspy|gepa|optuna <path>`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .client import Client
from .errors import OptrailError
from .importers.trail import ImportedRun, send
from .settings import Target


def main(arguments: list[str] | None = None) -> int:
    """Runs a command. Returns 0, or 1 after an error, which it prints."""
    options = _parser().parse_args(arguments)
    try:
        run = _read(options)
        if options.run_name is not None:
            run.run_name = options.run_name
        client = Client(Target.resolve(options.url, options.api_key))
        try:
            run_id = send(client, options.project, run)
        finally:
            client.close()
    except OptrailError as error:
        print(f"optrail: {error}", file=sys.stderr)
        return 1
    print(run_id)
    print(f"{len(run.iterations)} iterations of {run.run_name!r} imported into {options.project}", file=sys.stderr)
    return 0


def _read(options: argparse.Namespace) -> ImportedRun:
    path = Path(options.path)
    if options.kind == "optuna":
        from .importers import optuna_study

        return optuna_study.read(options.path, study=options.study)
    if not path.exists():
        raise OptrailError("not_found", f"There is no {path}.")
    if options.kind == "gepa":
        from .importers import gepa_run

        return gepa_run.read(path, allow_pickle=options.allow_pickle)
    from .importers import dspy_state

    run = dspy_state.read(path, allow_pickle=options.allow_pickle)
    if options.optimizer is not None:
        run.optimizer_type = options.optimizer
    return run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m optrail", description="Optrail's tools for what Python wrote.")
    commands = parser.add_subparsers(required=True, metavar="import")
    command = commands.add_parser("import", help="store as a run what is on the disk already")
    kinds = command.add_subparsers(dest="kind", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--project", required=True, help="the project to import into")
    shared.add_argument("--run-name", help="the run's name; without it, that of the file or study")
    shared.add_argument("--url", help="the server; without it OPTRAIL_URL, else http://127.0.0.1:4700")
    shared.add_argument("--api-key", help="its key; without it OPTRAIL_API_KEY")
    pickled = argparse.ArgumentParser(add_help=False)
    pickled.add_argument("--allow-pickle", action="store_true", help="load pickles, which run what their author put into them")
    dspy = kinds.add_parser("dspy", parents=[shared, pickled], help="a saved program, its candidates, or the log_dir of MIPROv2")
    dspy.add_argument("path")
    dspy.add_argument("--optimizer", help="the optimizer that made it, as a slug like miprov2")
    kinds.add_parser("gepa", parents=[shared, pickled], help="a run_dir of GEPA").add_argument("path")
    optuna = kinds.add_parser("optuna", parents=[shared], help="a study: an SQLite file, a journal file, or a storage's URL")
    optuna.add_argument("path")
    optuna.add_argument("--study", help="which study, where the storage has several")
    return parser


if __name__ == "__main__":
    sys.exit(main())
