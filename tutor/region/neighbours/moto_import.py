"""Brings moto in, so that its modules see the region's time and chance. Everything of moto comes through ``moto``.

Each module of moto gets an ``__import__`` of its own before its first line runs, so that imports inside functions are
caught as well. It must therefore be this module that imports moto first.
"""

import builtins
import importlib
import logging
import sys
import threading
from collections.abc import Callable, Sequence
from functools import cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from tutor.errors import Defect
from tutor.region.neighbours.house import staged
from tutor.region.neighbours.moto_clock import SHIMS

_ADDED: dict[str, ModuleType] = {}
_after: dict[str, list[Callable[[ModuleType], None]]] = {}
_installing = threading.Lock()


def _import(name: str, *args: Any, **named: Any) -> Any:
    shim = SHIMS.get(name) or _ADDED.get(name)
    return shim if shim is not None else builtins.__import__(name, *args, **named)


class _ShimmedLoader(Loader):
    """Loads a module as ``loader`` does, with our ``__import__`` in it, outside of every scene: it is everyone's."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": _import}
        with staged(None):
            self._loader.exec_module(module)
        for mend in _after.get(module.__name__, ()):
            mend(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


class _MotoFinder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != "moto" and not fullname.startswith("moto."):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _ShimmedLoader(spec.loader)
        return spec


def after_import(name: str, mend: Callable[[ModuleType], None]) -> None:
    """Have ``mend`` called with moto's module ``name`` as soon as it is loaded."""
    _after.setdefault(f"moto.{name}", []).append(mend)


def replace_module(name: str, module: ModuleType) -> None:
    """Have moto's ``import name`` give this module."""
    _ADDED[name] = module


def _one_partition(module: ModuleType) -> None:
    """Every AWS region is of the partition ``aws``, China's and the governments' too: one account has one IAM here."""
    module.__dict__["get_partition"] = lambda _: "aws"


def _installed() -> None:
    """Installed once, also where several regions ask for moto at the same moment."""
    with _installing:
        _install()


@cache
def _install() -> None:
    if "moto" in sys.modules:
        raise Defect("moto was imported past the region; its clock would be the machine's.")
    logging.getLogger("moto").addHandler(logging.NullHandler())  # what it tells is about itself, and long
    importlib.import_module("tutor.region.neighbours.mending").mend()
    after_import("utilities.utils", _one_partition)
    sys.meta_path.insert(0, _MotoFinder())


@cache
def moto(name: str) -> Any:
    """moto's module of that name (``sqs.models``). The first call takes as long as moto's import."""
    _installed()
    return importlib.import_module(f"moto.{name}")


def moto_refusals() -> tuple[type[Exception], ...]:
    """The exceptions by which moto's services refuse something to each other."""
    exceptions = moto("core.exceptions")
    return exceptions.ServiceException, exceptions.HTTPException, KeyError, ValueError
