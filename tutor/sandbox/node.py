"""The host's Node.js, where it has one, and where it is seen in an environment."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

_INSIDE = "bin/node"  # below /var/runtime, where the host's own place cannot be seen
_COVERED = "/usr/local/"
_PATIENCE_S = 10


@dataclass(frozen=True)
class Node:
    """``path`` is the program inside an environment, ``version`` such as ``22.11.0``."""

    path: str
    version: str


def node_program() -> str | None:
    """The program on the host that ``node`` stands for; None where there is none."""
    found = shutil.which("node")
    return os.path.realpath(found) if found else None


def node_files() -> list[tuple[str, str]]:
    """What has to lie in /var/runtime so that it can run, as (name, host path)."""
    program = node_program()
    return [(_INSIDE, program)] if program and not _is_seen(program) else []


def _is_seen(program: str) -> bool:
    return program.startswith("/usr/") and not program.startswith(_COVERED)


@cache
def host_node() -> Node | None:
    """This host's Node.js; it is asked for its version once."""
    program = node_program()
    if program is None:
        return None
    try:
        told = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=_PATIENCE_S, check=True, env={}
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return Node(program if _is_seen(program) else f"/var/runtime/{_INSIDE}", told.strip().removeprefix("v"))
