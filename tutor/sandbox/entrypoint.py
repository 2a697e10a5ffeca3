"""How a runtime that is a program of its own begins: inside the environment, in place of the process that forked.

Texts as the service gives them for ``Runtime.InvalidEntrypoint``.
"""

import os
from collections.abc import Mapping, Sequence
from typing import NoReturn

_LONGEST_REFUSAL = 4096


def execute(candidates: Sequence[Sequence[str]], environment: Mapping[str, str], refused: int) -> NoReturn:
    """Become the first of the commands whose program is there; else write why not to ``refused`` and end."""
    os.set_inheritable(refused, False)
    present = [command for command in candidates if os.path.isfile(command[0])]
    paths = " ".join(command[0] for command in candidates)
    text = f"Couldn't find valid bootstrap(s): [{paths}]"
    if present:
        try:
            os.execve(present[0][0], list(present[0]), dict(environment))
        except OSError as error:
            text = f"fork/exec {present[0][0]}: {os.strerror(error.errno or 0).lower()}"
    os.write(refused, text.encode())
    os._exit(1)


def refusal(descriptor: int) -> str:
    """Why the program could not begin; empty once it has."""
    text = os.read(descriptor, _LONGEST_REFUSAL)
    os.close(descriptor)
    return text.decode()
