"""One act of reading: the content root, and all that was found wrong on the way, never only the first."""

from collections.abc import Iterable
from pathlib import Path

from tutor.content.node import Node, parse
from tutor.errors import Problem
from tutor.usecases.nearest import nearest


class Reading:
    """Opens files under ``root`` and gathers problems."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def name(self, path: Path) -> str:
        """The path as problems show it: relative to the root, with forward slashes."""
        return path.relative_to(self.root).as_posix()

    def say(self, file: str, line: int, key: str, message: str, near: str | None = None) -> None:
        """Note a problem."""
        self.problems.append(Problem(file, line, key, message, near))

    def at(self, node: Node, message: str, near: str | None = None) -> None:
        """Note a problem with the value ``node``."""
        self.say(node.file, node.line, node.key, message, near)

    def unknown(self, node: Node, what: str, valid: Iterable[str], line: int | None = None) -> None:
        """Note that ``node`` names a ``what`` that does not exist, with the nearest one that does."""
        known = sorted(valid)
        near = nearest(str(node.value), known)
        listed = f"; there are {', '.join(known)}" if known and not near and len(known) <= 12 else ""
        message = f"there is no {what} {node.value!r}{listed}"
        self.say(node.file, line or node.line, node.key, message, near)

    def text(self, path: Path) -> str | None:
        """The file's text, or None (and a problem) where there is none."""
        try:
            return path.read_bytes().decode("utf-8").replace("\r\n", "\n")
        except FileNotFoundError:
            self.say(self.name(path), 1, "", "this file is missing", _neighbour(path))
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            self.say(self.name(path), line, "", "this file is no UTF-8 text")
        except OSError as error:
            self.say(self.name(path), 1, "", f"this file cannot be read: {error.strerror}")
        return None

    def yaml(self, path: Path) -> Node | None:
        """The file's YAML, or None (and a problem) where there is none."""
        text = self.text(path)
        return None if text is None else self.parsed(text, self.name(path))

    def parsed(self, text: str, file: str, first_line: int = 1) -> Node | None:
        """YAML that begins at ``first_line`` of ``file``, or None (and a problem)."""
        node, problems = parse(text, file, first_line)
        self.problems.extend(problems)
        if node is None and not problems:
            self.say(file, first_line, "", "there is nothing in here")
        return node

    def folders(self, *parts: str) -> list[Path]:
        """The folders directly in ``root/parts``, by name; those that begin with a dot or underscore are none."""
        return folders_in(self.root.joinpath(*parts))


def folders_in(folder: Path) -> list[Path]:
    """The folders directly in ``folder``, by name; none where it does not exist."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._")


def _neighbour(path: Path) -> str | None:
    try:
        return nearest(path.name, [other.name for other in path.parent.iterdir() if other.suffix == path.suffix])
    except OSError:
        return None
