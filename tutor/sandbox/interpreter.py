"""The Python that handlers run on: the host's own, found from the one that runs the tutor, seen inside as /var/lang."""

import importlib.util
import os
import platform
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tutor import locations

_SDK = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six")


@dataclass(frozen=True)
class Interpreter:
    """``prefix`` is its folder on the host, ``executable`` the program's path below that."""

    prefix: str
    executable: str
    version: str  # 3.11

    @property
    def runtime(self) -> str:
        """AWS's identifier, such as ``python3.11``."""
        return f"python{self.version}"

    @property
    def version_line(self) -> str:
        """The runtime version as INIT_START prints it; the v number is ours."""
        return f"python:{self.version}.v{platform.python_version_tuple()[2]}"

    @property
    def version_arn(self) -> str:
        """A runtime version ARN of AWS's form; the hash is of this interpreter's own version text."""
        return f"arn:aws:lambda:us-east-1::runtime:{sha256(sys.version.encode()).hexdigest()}"


def host_interpreter() -> Interpreter:
    """The interpreter below the tutor's virtual environment."""
    prefix = os.path.realpath(sys.base_prefix)
    executable = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    if not executable.startswith(prefix + os.sep):
        executable = os.path.realpath(os.path.join(prefix, "bin", f"python{sys.version_info[0]}.{sys.version_info[1]}"))
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return Interpreter(prefix, os.path.relpath(executable, prefix), version)


def runtime_files() -> list[tuple[str, str]]:
    """What lies in /var/runtime, as (name, host path): our bootstrap, and the SDK that the managed runtime has."""
    here = Path(__file__).parent
    found = [("bootstrap.py", str(here / "runtime" / "bootstrap.py")), ("bootstrap", str(here / "launch.py"))]
    for name in _SDK:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        found.append((source.name, str(source)))
    return found


def covered_folders(interpreter: Interpreter) -> list[str]:
    """Host folders that must not be seen: installed packages, what the administrator added, the tutor, the learner."""
    libraries = Path(interpreter.prefix, "lib")
    version = interpreter.runtime
    return [
        str(libraries / version / "site-packages"),
        str(libraries / version / "dist-packages"),
        str(libraries / "python3" / "dist-packages"),
        str(Path(interpreter.prefix, "local")),
        "/usr/lib/python3/dist-packages",
        "/usr/local",
        str(locations.PACKAGE.parent),
        str(locations.home()),
    ]
