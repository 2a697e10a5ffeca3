"""Lambda's folders by name, where no mount can give them: Python's own file functions are told where they lie.

``open("/tmp/x")`` means the environment's own folder, ``/var/task`` the package, ``/opt`` the layers. This is how it
looks, not a wall: C code and other programs see the host's paths.
"""

import os
import posix
import sys
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, SimpleNamespace
from typing import Any

_FIRST_IS_A_PATH = (
    "access", "chdir", "chmod", "chown", "lchown", "listdir", "lstat", "mkdir", "mkfifo", "open", "pathconf",
    "readlink", "remove", "rmdir", "scandir", "stat", "statvfs", "truncate", "unlink", "utime",
)  # fmt: skip
_FIRST_TWO_ARE_PATHS = ("link", "rename", "replace", "symlink")
_RUN_A_PROGRAM = ("execv", "execve", "posix_spawn", "posix_spawnp")
_SETS = ("supports_dir_fd", "supports_effective_ids", "supports_fd", "supports_follow_symlinks")


class Places:
    """Where Lambda's folders lie on this host; paths below ``real`` are the host's own and stay as they are."""

    def __init__(self, places: Mapping[str, str], real: Sequence[str]) -> None:
        self._places = [*places.items(), *((f"/private{name}", place) for name, place in places.items())]
        self._real = tuple(real)

    def real(self, path: Any) -> Any:
        """The host's path for a path as Lambda has it; anything but such a path comes back unchanged."""
        if isinstance(path, bytes):
            return os.fsencode(self.real(os.fsdecode(path)))
        if not isinstance(path, str):
            return self.real(path.__fspath__()) if hasattr(path, "__fspath__") else path
        if path.startswith("/") and not _below(path, self._real):
            for name, place in self._places:
                if _below(path, (name,)):
                    return place + path[len(name) :]
        return path

    def shown(self, path: Any) -> Any:
        """Lambda's path for one of the host's."""
        if isinstance(path, bytes):
            return os.fsencode(self.shown(os.fsdecode(path)))
        if isinstance(path, str):
            for name, place in self._places:
                if _below(path, (place,)):
                    return name + path[len(place) :]
        return path


def _below(path: str, places: Sequence[str]) -> bool:
    return any(path == place or path.startswith(place + "/") for place in places)


def install(places: Places, unseen: str) -> None:
    """Use ``places`` in every module that is loaded or will be. ``unseen`` is the file name of our stack frames."""
    replacements: dict[int, tuple[Any, Any]] = {}
    for original, wrapped in _wrappers(places):
        wrapped.__code__ = _renamed(wrapped.__code__, unseen)
        wrapped.__name__ = wrapped.__qualname__ = original.__name__
        replacements[id(original)] = (original, wrapped)
        for name in _SETS:
            if original in getattr(os, name):
                getattr(os, name).add(wrapped)
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()):
            if id(value) in replacements and value is replacements[id(value)][0]:
                setattr(module, name, replacements[id(value)][1])


def _renamed(code: CodeType, file: str) -> CodeType:
    return code.replace(co_filename=file)


def _wrappers(places: Places) -> list[tuple[Any, Any]]:
    import _imp
    import _io
    import _posixsubprocess

    return [
        *((original, _with_paths(original, places, 1)) for original in (_io.open, _io.open_code)),
        *((original, _with_paths(original, places, 1)) for original in _of_this_host(_FIRST_IS_A_PATH)),
        *((original, _with_paths(original, places, 2)) for original in _of_this_host(_FIRST_TWO_ARE_PATHS)),
        *((original, _with_program(original, places)) for original in _of_this_host(_RUN_A_PROGRAM)),
        *((original, _with_shown_result(original, places)) for original in (posix.getcwd, posix.getcwdb)),
        (_posixsubprocess.fork_exec, _with_command(_posixsubprocess.fork_exec, places)),
        (_imp.create_dynamic, _with_origin(_imp.create_dynamic, places)),
    ]


def _of_this_host(names: Sequence[str]) -> list[Callable[..., Any]]:
    return [getattr(posix, name) for name in names if hasattr(posix, name)]


def _with_paths(original: Callable[..., Any], places: Places, count: int) -> Callable[..., Any]:
    names = ("path", "file", "src", "dst")

    def wrapped(*arguments: Any, **named: Any) -> Any:
        real = [places.real(argument) for argument in arguments[:count]]
        for name in names:
            if name in named:
                named[name] = places.real(named[name])
        try:
            return original(*real, *arguments[count:], **named)
        except OSError as error:
            error.filename = places.shown(error.filename)
            if error.filename2 is not None:
                error.filename2 = places.shown(error.filename2)
            raise

    return wrapped


def _with_program(original: Callable[..., Any], places: Places) -> Callable[..., Any]:
    def wrapped(program: Any, arguments: Any, *rest: Any, **named: Any) -> Any:
        return original(places.real(program), [places.real(argument) for argument in arguments], *rest, **named)

    return wrapped


def _with_shown_result(original: Callable[..., Any], places: Places) -> Callable[..., Any]:
    def wrapped() -> Any:
        return places.shown(original())

    return wrapped


def _with_command(original: Callable[..., Any], places: Places) -> Callable[..., Any]:
    def wrapped(arguments: Any, programs: Any, close: Any, keep: Any, folder: Any, *rest: Any) -> Any:
        real = [places.real(argument) for argument in arguments]
        return original(real, [places.real(one) for one in programs], close, keep, places.real(folder), *rest)

    return wrapped


def _with_origin(original: Callable[..., Any], places: Places) -> Callable[..., Any]:
    def wrapped(spec: Any, *rest: Any) -> Any:
        return original(SimpleNamespace(name=spec.name, origin=places.real(spec.origin)), *rest)

    return wrapped
