"""An environment whose first process is lost in the middle of a start gives back every descriptor, at each step."""

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Create, configuration, making
from tests.sandbox.test_custom_runtimes import BASH
from tests.sandbox.test_extensions import BASH as EXTENSION
from tutor.awslambda.quotas import Quotas
from tutor.errors import HostError
from tutor.sandbox.cell import Cell
from tutor.sandbox.functions import SandboxedFunctions
from tutor.sandbox.portable_cell import PortableCell
from tutor.sandbox.tier import VARIABLE

PYTHON = {"app.py": "def handler(event, context):\n    return event\n"}


def pipes() -> set[str]:
    """The pipes that this process has open; sockets are told by their own warning where nobody closed them."""
    found = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            link = os.readlink(f"/proc/self/fd/{number}")
        except FileNotFoundError:
            continue
        if link.startswith("pipe:"):
            found.add(link)
    return found


def lose(monkeypatch: pytest.MonkeyPatch, cell: type, step: str, number: int) -> Callable[[], bool]:
    """Have the first process lost at the so-maniest use of a method; whether that was ever reached."""
    real = getattr(cell, step)
    used = count(1)
    reached = False

    def until_then(self: Any, *arguments: Any) -> Any:
        nonlocal reached
        if next(used) >= number:
            reached = True
            raise HostError("The first process is lost.")
        return real(self, *arguments)

    monkeypatch.setattr(cell, step, until_then)
    return lambda: reached


def losing_at_each_step(
    monkeypatch: pytest.MonkeyPatch, cell: type, step: str, invoke: Callable[[], object]
) -> Iterator[int]:
    """One start after another, each lost one use of the method later, until one is not."""
    for number in count(1):
        with monkeypatch.context() as patch:
            reached = lose(patch, cell, step, number)
            before = pipes()
            try:
                invoke()
            except HostError:
                assert reached()
            gc.collect()
            assert pipes() <= before, f"lost at {step} {number}"
            if not reached():
                return
            yield number


@pytest.mark.parametrize(
    ("code", "beside", "settings"),
    [
        pytest.param(PYTHON, {}, {}, id="python"),
        pytest.param({"bootstrap": BASH}, {}, {"runtime": "provided.al2023"}, id="bootstrap"),
        pytest.param(PYTHON, {"extensions/beside": EXTENSION}, {}, id="extension"),
    ],
)
@pytest.mark.parametrize("step", ["_send", "expect"])
def test_behind_namespaces(
    create: Create,
    quotas: Quotas,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    step: str,
    code: Mapping[str, str],
    beside: Mapping[str, str],
    settings: Mapping[str, Any],
) -> None:
    """Before and after the line, the output, the door and the extensions are there."""
    create(PYTHON).invoke({})  # the sandbox has what it keeps
    for folder, files in (("code", code), ("layer", beside)):
        for name, text in files.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o755)

    def invoke() -> None:
        function = SandboxedFunctions(quotas).create(
            tmp_path / "code",
            configuration(memory_size=512, timeout=10, **settings),
            [tmp_path / "layer"] if beside else [],
        )
        try:
            assert function.invoke({}).function_error is None
        finally:
            function.close()

    steps = list(losing_at_each_step(monkeypatch, Cell, step, invoke))
    assert len(steps) >= 2


@pytest.mark.parametrize("step", ["_tell", "_expect"])
def test_in_the_portable_tier(quotas: Quotas, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Before and after the runtime has its line."""
    monkeypatch.setenv(VARIABLE, "portable")
    functions = making(quotas)
    create = next(functions)
    create(PYTHON).invoke({})

    def invoke() -> None:
        function = create(PYTHON)
        try:
            assert function.invoke({}).function_error is None
        finally:
            function.close()

    assert list(losing_at_each_step(monkeypatch, PortableCell, step, invoke))
    with pytest.raises(StopIteration):
        next(functions)
