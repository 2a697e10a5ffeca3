"""The tiers that are attacked: whoever runs the suite, and, where that is root, an ordinary user too."""

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.sandbox.conftest import real_quotas
from tests.sandbox.test_ordinary_user import USER, python_of
from tutor import locations

HANDLERS = Path(__file__).parent / "handlers"
PATIENCE_S = 120  # a tutor that says nothing for so long was stopped by the attack


class Tier:
    """A tutor in a process of its own, as one user, which runs hostile functions and tells what came of them.

    One that was brought down is told by the test that did it, and replaced for the next.
    """

    def __init__(
        self,
        name: str,
        home: str,
        spawn: "Callable[[], subprocess.Popen[str]]",
        begun_with: tuple[str, int | None],
    ) -> None:
        self.name = name
        self.begun_with = begun_with
        self.home = home
        self._spawn = spawn
        self._begin()

    def _begin(self) -> None:
        self._process = self._spawn()
        self.about: dict[str, Any] = self._read()

    def close(self) -> None:
        """End it as a tutor ends that has nothing left to do; kill it where it does not."""
        try:
            self._process.communicate("", timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    @property
    def counted(self) -> bool:
        """Whether the kernel counts an environment's memory here."""
        return str(self.about["enforcement"]["memory"]).startswith("cgroup")

    def _read(self) -> Any:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE_S)
        if not ready:
            self._process.kill()
        assert ready, f"the tutor of tier {self.name} hangs"
        line = self._process.stdout.readline()
        assert line, f"the tutor of tier {self.name} ended: {self._process.wait()}"
        return json.loads(line)

    def job(
        self,
        functions: Sequence[Mapping[str, Any]],
        steps: Sequence[tuple[int, Any]],
        *,
        at_once: bool = False,
        may_fail: bool = False,
    ) -> list[dict[str, Any]]:
        """Run the steps; a failure of the tutor itself fails the test, unless it ``may_fail``: then nothing came of it.

        ``at_once``: each function beside the others.
        """
        if self._process.poll() is not None:
            self._begin()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"functions": functions, "steps": steps, "at_once": at_once}) + "\n")
        self._process.stdin.flush()
        answer = self._read()
        if may_fail and "host_error" in answer:
            return []
        assert "results" in answer, answer
        found: list[dict[str, Any]] = answer["results"]
        return found

    def run(self, code: str, *events: Any, **settings: Any) -> list[dict[str, Any]]:
        """Invoke one function with each event; ``code`` is its text, or the name of a file among the handlers."""
        return self.job([function(code, **settings)], [(0, event) for event in events])


def function(code: str, **settings: Any) -> dict[str, Any]:
    """A function of a job."""
    if code.endswith(".py"):
        code = (HANDLERS / code).read_text()
    files = {"app.py": code, "tests/sandbox/attacks/handlers/attempts.py": (HANDLERS / "attempts.py").read_text()}
    return {"files": files, "settings": settings}


def through(results: dict[str, Any]) -> dict[str, str]:
    """The attempts that were not stopped; all are printed."""
    assert results["error"] is None, results
    for name, how in results["payload"].items():
        print(f"{name}: {how}")
    return {name: how for name, how in results["payload"].items() if not how.startswith("stopped")}


@contextmanager
def opened(name: str, python: str, user: int | None, sandbox: str = "namespaces") -> Iterator[Tier]:
    """A tier, with a copy of the tutor that its user can read."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copytree(locations.PACKAGE, Path(folder, "tutor"), ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(Path(__file__).parent / "worker.py", folder)
        given: dict[str, Any] = {} if user is None else {"user": user, "group": user, "extra_groups": []}

        def spawn() -> "subprocess.Popen[str]":
            return subprocess.Popen(
                [python, f"{folder}/worker.py", folder, json.dumps(asdict(real_quotas()))],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/",
                env={
                    "TUTOR_HOME": f"{folder}/home", "PYTHONDONTWRITEBYTECODE": "1", "TUTOR_TEST_SECRET": "host-secret",
                    "TUTOR_SANDBOX": sandbox,
                },
                **given,
            )  # fmt: skip

        tier = Tier(name, folder, spawn, (python, user))
        try:
            yield tier
        finally:
            tier.close()


def tiers() -> dict[str, tuple[str, int | None] | str]:
    """Name -> (interpreter, user), or the reason why this host cannot try it."""
    if os.geteuid() != 0:
        return {"this user": (sys.executable, None), "root": "the suite does not run as root"}
    python = python_of(USER)
    ordinary: tuple[str, int | None] | str = "no interpreter of this host can be run by an ordinary user"
    return {"root": (sys.executable, None), "ordinary user": (python, USER) if python else ordinary}
