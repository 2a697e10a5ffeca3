"""The Pythons that handlers run on: the tutor's own, and others that this host has; seen inside as /var/lang."""

import glob
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from tutor import locations
from tutor.sandbox.node import node_files

_RUNTIME = (
    "bootstrap.py",
    "bootstrap_answer.py",
    "bootstrap_http.py",
    "bootstrap_line.py",
    "bootstrap_log.py",
    "snapshot_restore_py.py",
)
_SDK = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six")
_NEWEST = 20  # more than there are; only names of programs are looked for
_OLDEST = 10  # what the programs inside an environment are written for: 3.10
_PLACES = ("/usr/local/bin", "/usr/bin", "~/.pyenv/versions/*/bin", "~/.local/share/uv/python/*/bin")
_ASK = (
    "import json, sys; "
    "print(json.dumps([sys.base_prefix, getattr(sys, '_base_executable', sys.executable), sys.version]))"
)
_PATIENCE_S = 10


@dataclass(frozen=True)
class Interpreter:
    """``prefix`` is its folder on the host, ``executable`` the program's path below that."""

    prefix: str
    executable: str
    version: str  # 3.11
    full_version: str  # as sys.version has it

    @property
    def runtime(self) -> str:
        """AWS's identifier, such as ``python3.11``."""
        return f"python{self.version}"

    @property
    def version_line(self) -> str:
        """The runtime version as INIT_START prints it; the v number is ours."""
        micro = self.full_version.split()[0].split(".")[2]
        return f"python:{self.version}.v{''.join(letter for letter in micro if letter.isdigit())}"

    @property
    def version_arn(self) -> str:
        """A runtime version ARN of AWS's form; the hash is of this interpreter's own version text."""
        return f"arn:aws:lambda:us-east-1::runtime:{sha256(self.full_version.encode()).hexdigest()}"

    @property
    def flags(self) -> list[str]:
        """How it is started: without the host's settings and packages."""
        safe_path = ["-P"] if minor_version(self.runtime) >= 11 else []
        return ["-S", "-E", "-s", *safe_path, "-u", "-X", "utf8"]

    def notes(self, runtime: str) -> tuple[str, ...]:
        """What to say of a function that asked for ``runtime``: that it runs on another Python than that."""
        if not runtime.startswith("python") or runtime == self.runtime:
            return ()
        return (f"This host has no {runtime} to use: the function runs on {self.runtime}, the nearest one here.",)


def minor_version(runtime: str) -> int:
    """The 12 of ``python3.12``; -1 for what is no Python 3."""
    number = runtime.removeprefix("python3.")
    return int(number) if number != runtime and number.isdecimal() else -1


@cache
def host_interpreter() -> Interpreter:
    """The interpreter below the tutor's virtual environment."""
    base = getattr(sys, "_base_executable", sys.executable)
    return _interpreter(sys.base_prefix, base, sys.version)


def _interpreter(base_prefix: str, base_executable: str, full_version: str) -> Interpreter:
    prefix = os.path.realpath(base_prefix)
    version = ".".join(full_version.split()[0].split(".")[:2])
    executable = os.path.realpath(base_executable)
    if not executable.startswith(prefix + os.sep):
        executable = os.path.realpath(os.path.join(prefix, "bin", f"python{version}"))
    return Interpreter(prefix, os.path.relpath(executable, prefix), version, full_version)


@cache
def interpreter_for(runtime: str) -> Interpreter:
    """The Python for a runtime identifier: this very version where the host has it, else the nearest one.

    The tutor's own where ``runtime`` names no Python, and wherever it is as near as another.
    """
    wanted = minor_version(runtime)
    own = host_interpreter()
    if wanted < 0 or runtime == own.runtime:
        return own
    for minor in sorted(range(_OLDEST, max(wanted, _OLDEST) + 6), key=lambda minor: abs(minor - wanted)):
        if abs(minor - wanted) >= abs(minor_version(own.runtime) - wanted):
            return own
        found = _found(f"python3.{minor}")
        if found is not None:
            return found
    return own


def installed() -> list[Interpreter]:
    """Every Python of this host that handlers can run on, the tutor's own first."""
    own = host_interpreter()
    others = (_found(f"python3.{minor}") for minor in range(_OLDEST, _NEWEST + 1) if f"3.{minor}" != own.version)
    return [own, *(found for found in others if found is not None)]


def _found(name: str) -> Interpreter | None:
    """An interpreter of this host by its program's name, if one of that name works."""
    for program in _programs(name):
        try:
            asked = subprocess.run(
                [program, "-I", "-S", "-c", _ASK], capture_output=True, timeout=_PATIENCE_S, stdin=subprocess.DEVNULL
            )
            interpreter = _interpreter(*json.loads(asked.stdout))
        except (OSError, ValueError, TypeError, IndexError, subprocess.SubprocessError):
            continue
        if interpreter.runtime == name and os.path.exists(os.path.join(interpreter.prefix, interpreter.executable)):
            return interpreter
    return None


def _programs(name: str) -> Iterator[str]:
    """Where a program of that name lies: on PATH, then where Pythons are usually put."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    for place in _PLACES:
        folders += sorted(glob.glob(os.path.expanduser(place)), reverse=True)
    for folder in dict.fromkeys(folders):
        program = shutil.which(name, path=folder) if folder else None
        if program:
            yield program


def runtime_files() -> list[tuple[str, str]]:
    """What lies in /var/runtime, as (name, host path): our bootstrap, and the SDK that the managed runtime has."""
    here = Path(__file__).parent
    found = [(name, str(here / "runtime" / name)) for name in _RUNTIME]
    found.append(("bootstrap", str(here / "launch.py")))
    found += [("index.mjs", str(here / "runtime" / "bootstrap.mjs")), *node_files()]
    for name in _SDK:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        found.append((source.name, str(source)))
    return found


def covered_folders(interpreter: Interpreter) -> list[str]:
    """Host folders that must not be seen: installed packages, what the administrator added, the tutor, the learner."""
    libraries = Path(interpreter.prefix, "lib")
    version = interpreter.runtime
    return [
        str(libraries / version / "site-packages"),
        str(libraries / version / "dist-packages"),
        str(libraries / "python3" / "dist-packages"),
        str(Path(interpreter.prefix, "local")),
        "/usr/lib/python3/dist-packages",
        "/usr/local",
        str(locations.PACKAGE.parent),
        str(locations.home()),
    ]
