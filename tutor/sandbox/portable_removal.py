"""Removing what a handler has left in its folder, however deep it is and whatever it has shut.

``shutil.rmtree`` gives up on a folder that cannot be read, and goes down by recursion: a deep one ends it.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path

_LOOK = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove(folder: Path) -> None:
    """Remove a folder and all below it, as far as this user may. No link is followed; nobody may write there any more.

    It goes from folder to folder by their descriptors: no path gets longer than the system takes.
    """
    try:
        here = os.open(folder, _LOOK)
    except OSError:
        return
    way: list[tuple[str, tuple[int, int]]] = []
    left = [_clear(here)]
    while left[-1] or way:
        if left[-1]:
            name, place = left[-1].pop(), _identity(here)
            here, entered = _step(here, name)
            if entered:
                way.append((name, place))
                left.append(_clear(here))
        else:
            left.pop()
            name, place = way.pop()
            here, _ = _step(here, "..")
            if _identity(here) != place:
                break  # somebody has moved it: what lies above is none of ours
            _try(lambda: os.rmdir(name, dir_fd=here))  # noqa: B023 # it is done at once
    os.close(here)
    _try(lambda: os.rmdir(folder))


def _clear(here: int) -> list[str]:
    """Remove every file of a folder; the names of its folders, each open to this user now."""
    folders = []
    with os.scandir(here) as entries:
        for entry in list(entries):
            if entry.is_dir(follow_symlinks=False):
                _try(lambda name=entry.name: os.chmod(name, stat.S_IRWXU, dir_fd=here))  # type: ignore[misc]
                folders.append(entry.name)
            else:
                _try(lambda name=entry.name: os.unlink(name, dir_fd=here))  # type: ignore[misc]
    return folders


def _identity(here: int) -> tuple[int, int]:
    found = os.fstat(here)
    return found.st_dev, found.st_ino


def _step(here: int, name: str) -> tuple[int, bool]:
    """Go from one folder to the next; where that may not be, stay."""
    try:
        there = os.open(name, _LOOK, dir_fd=here)
    except OSError:
        return here, False
    os.close(here)
    return there, True


def _try(act: Callable[[], object]) -> None:
    try:
        act()
    except OSError:
        pass  # this user may not, or it is gone
