"""Hooks of SnapStart, under the name by which handlers import them: what goes before a snapshot, and after a restore.

What goes before runs last registered first, what goes after in the order of registration.
Source: developer guide, snapstart-runtime-hooks-python.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Hook = tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]

_before: list[Hook] = []
_after: list[Hook] = []


def register_before_snapshot(func: Callable[..., object], *arguments: Any, **named: Any) -> Callable[..., object]:
    """Call ``func`` before the snapshot is taken; can stand above a function as a decorator."""
    _before.append((func, arguments, named))
    return func


def register_after_restore(func: Callable[..., object], *arguments: Any, **named: Any) -> Callable[..., object]:
    """Call ``func`` after each restore; can stand above a function as a decorator."""
    _after.append((func, arguments, named))
    return func


def get_before_snapshot() -> list[Hook]:
    """What is to be called before the snapshot."""
    return _before


def get_after_restore() -> list[Hook]:
    """What is to be called after a restore."""
    return _after
