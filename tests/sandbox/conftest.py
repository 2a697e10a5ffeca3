"""A real sandbox for each test; hosts without one skip with the reason."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import pytest

from tutor import locations
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.content.quotas import read_quotas
from tutor.errors import HostError
from tutor.sandbox.functions import SandboxedFunction, SandboxedFunctions
from tutor.sandbox.interpreter import host_interpreter
from tutor.sandbox.nursery import nursery
from tutor.sandbox.package import Code
from tutor.sandbox.tier import VARIABLE

Create = Callable[..., SandboxedFunction]


@cache
def real_quotas() -> Quotas:
    """The quotas that are shipped."""
    return read_quotas(locations.content_root())


@pytest.fixture
def quotas() -> Quotas:
    """The quotas that are shipped."""
    return real_quotas()


def configuration(**settings: Any) -> FunctionConfiguration:
    """A function's configuration with AWS's defaults; a handler module named ``app``."""
    defaults: dict[str, Any] = {
        "handler": "app.handler",
        "memory_size": 128,
        "timeout": 3,
        "ephemeral_storage": 512,
        "runtime": host_interpreter().runtime,
    }
    return FunctionConfiguration(**{**defaults, **settings})


@cache
def _reason_to_skip() -> str:
    try:
        nursery()
    except HostError as error:
        return str(error)
    return ""


@pytest.fixture
def create(quotas: Quotas, monkeypatch: pytest.MonkeyPatch) -> Iterator[Create]:
    """Makes functions from the text of ``app.py`` (or files, or a path) and closes them all afterwards.

    Always behind namespaces: what these tests try by force would reach the host itself in the portable tier.
    """
    if reason := _reason_to_skip():
        pytest.skip(reason)
    monkeypatch.setenv(VARIABLE, "namespaces")
    yield from making(quotas)


def making(quotas: Quotas) -> Iterator[Create]:
    """A ``create``, in whichever tier is used now."""
    made: list[SandboxedFunction] = []

    def make(code: str | Code, layers: Sequence[Code] = (), **settings: Any) -> SandboxedFunction:
        files = {"app.py": code} if isinstance(code, str) else code
        function = SandboxedFunctions(quotas).create(files, configuration(**settings), layers)
        made.append(function)
        return function

    yield make
    for function in made:
        function.close()
