"""Invoke a handler once or several times in one warm environment: what ``tutor invoke`` does."""

import ast
import time
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass
from pathlib import Path

from tutor.awslambda.function import FunctionConfiguration, check_payload
from tutor.awslambda.invocation import Invocation, Json
from tutor.awslambda.quotas import Quotas
from tutor.errors import UsageError
from tutor.usecases.functions import Functions, RunningFunction

_FIRST, _SECOND, _INDEX = "lambda_function", "handler", "index"
_JAVASCRIPT = (".mjs", ".js", ".cjs")


@dataclass(frozen=True)
class Times:
    """How often: ``count`` invocations, up to ``concurrency`` at a time, ``interval`` seconds apart."""

    count: int = 1
    concurrency: int = 1
    interval: float = 0.0


@dataclass(frozen=True)
class InvokeFunction:
    """Runs code in the sandbox as AWS's Invoke would."""

    functions: Functions
    quotas: Quotas

    def run(
        self,
        target: Path,
        configuration: FunctionConfiguration,
        event: Json,
        times: "Times",
        layers: Sequence[Path] = (),
    ) -> Iterator[Invocation]:
        """Invoke as often as ``times`` says, with ``layers`` merged into /opt; each result as it comes.

        Raises ``ServiceError`` for what AWS refuses, ``UsageError`` for a target that is not there, ``HostError``.
        """
        function = self.functions.create(target, configuration, layers)
        try:
            way = _side_by_side if times.concurrency > 1 else _in_turn
            yield from way(function, event, times)
        finally:
            function.close()

    def check_request(self, payload: bytes) -> None:
        """Refuse a payload (bytes as they were given) that AWS's Invoke refuses. Raises ``ServiceError``."""
        check_payload(payload, self.quotas)


def _in_turn(function: RunningFunction, event: Json, times: Times) -> Iterator[Invocation]:
    """One after another in one warm environment."""
    for number in range(times.count):
        if number:
            time.sleep(times.interval)
        yield function.invoke(event)


def _side_by_side(function: RunningFunction, event: Json, times: Times) -> Iterator[Invocation]:
    """Up to ``concurrency`` at a time, each in an environment of its own, in order of completion."""
    with ThreadPoolExecutor(times.concurrency) as workers:
        waiting: set[Future[Invocation]] = set()
        try:
            for number in range(times.count):
                if number and times.interval:
                    time.sleep(times.interval)
                waiting.add(workers.submit(function.invoke, event))
                if len(waiting) >= times.concurrency:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            yield from (future.result() for future in as_completed(waiting))
        finally:
            workers.shutdown(wait=False, cancel_futures=True)


def default_handler(target: Path) -> str:
    """The handler where none is named: of a file ``<stem>.handler`` if it exists, else ``<stem>.lambda_handler``;
    of a folder or a zip ``lambda_function.lambda_handler``, else ``handler.handler``. Where there is JavaScript and no
    Python it is Node.js' own: ``<stem>.handler`` of a file, ``index.handler`` of a folder or a zip.
    """
    if not target.exists():
        raise UsageError(f"There is no file or folder {str(target)!r}. Give a handler's file, its folder, or a zip.")
    if target.is_dir():
        return _of_package({path.name for path in target.iterdir()})
    if target.suffix == ".zip":
        return _of_package(_names(target))
    named = target.suffix in _JAVASCRIPT or _defines(target, "handler")
    return f"{target.stem}.handler" if named else f"{target.stem}.lambda_handler"


def _of_package(names: set[str]) -> str:
    if {f"{_FIRST}.py", _FIRST} & names:
        return f"{_FIRST}.lambda_handler"
    javascript = {f"{_INDEX}{suffix}" for suffix in _JAVASCRIPT} & names
    return f"{_INDEX}.handler" if javascript and f"{_SECOND}.py" not in names else f"{_SECOND}.handler"


def _names(archive: Path) -> set[str]:
    try:
        with zipfile.ZipFile(archive) as package:
            return {name.split("/")[0] for name in package.namelist()}
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return set()  # creating the function says what is wrong with it


def _defines(file: Path, name: str) -> bool:
    """Whether a module binds ``name`` at its top level; a file that cannot be read or parsed does not."""
    try:
        body = ast.parse(file.read_bytes()).body
    except (SyntaxError, ValueError, OSError, RecursionError, MemoryError):
        return False
    return any(name in _bound(statement) for statement in body)


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {(name.asname or name.name).split(".")[0] for name in statement.names}
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return {found.id for target in targets for found in ast.walk(target) if isinstance(found, ast.Name)}
    nested = [child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.stmt)]
    return {name for child in nested for name in _bound(child)}
