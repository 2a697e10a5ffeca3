"""What the measurements of the sandbox run: small handlers, and the interpreter that the baselines use."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tutor import locations
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.content.quotas import read_quotas
from tutor.sandbox.environment import ExecutionEnvironment
from tutor.sandbox.functions import SandboxedFunction, SandboxedFunctions
from tutor.sandbox.interpreter import host_interpreter
from tutor.sandbox.nursery import nursery
from tutor.sandbox.package import open_package

TRIVIAL = "def handler(event, context):\n    return {'ok': True, 'n': event.get('n')}\n"
VCPU_MB = 1769


@cache
def quotas() -> Quotas:
    """The quotas that are shipped."""
    return read_quotas(locations.content_root())


def settings(memory_size: int = VCPU_MB, **more: Any) -> FunctionConfiguration:
    """A function's configuration; one vCPU unless said otherwise."""
    given = {"handler": "app.handler", "timeout": 60, "ephemeral_storage": 512, **more}
    return FunctionConfiguration(memory_size=memory_size, runtime=host_interpreter().runtime, **given)


def on_disk(code: str) -> Path:
    """A folder with ``app.py``, as a learner has it. It is gone when this process ends."""
    folder = tempfile.TemporaryDirectory(prefix="tutor-bench-")
    _kept.append(folder)
    Path(folder.name, "app.py").write_text(code)
    return Path(folder.name)


_kept: list["tempfile.TemporaryDirectory[str]"] = []


def function(code: str | Path, memory_size: int = VCPU_MB, **more: Any) -> SandboxedFunction:
    """A function from a text or a folder."""
    source = {"app.py": code} if isinstance(code, str) else code
    return SandboxedFunctions(quotas()).create(source, settings(memory_size, **more))


def environment(code: str, memory_size: int = VCPU_MB, **more: Any) -> ExecutionEnvironment:
    """One environment by itself, for what must be looked at from outside. It is not started yet."""
    package = nursery().hand_over(open_package({"app.py": code}, quotas()))
    return ExecutionEnvironment(nursery(), package, settings(memory_size, **more), quotas())


def python() -> str:
    """The bare interpreter below the virtual environment."""
    interpreter = host_interpreter()
    return f"{interpreter.prefix}/{interpreter.executable}"


def run_ms(command: Sequence[str]) -> float:
    """How long a program takes from its start to its end."""
    began = time.perf_counter()
    subprocess.run(command, env={}, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - began) * 1000


def told(text: str) -> None:
    """A word on how far it is, over the one before, where somebody watches."""
    if sys.stderr.isatty():
        print(f"\r{text:<70}\r", end="", file=sys.stderr, flush=True)
