"""A function's ``requirements.txt``: what it asks for, what of that lies beside it, and how pip gets the rest.

The packages are those that Lambda would get: wheels for the runtime's Python on Amazon Linux, whatever this host is.
They are kept in the tutor's cache, one folder for each set of requirements.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tutor.errors import HostError, UsageError

NAME = "requirements.txt"
_IN_THE_RUNTIME = {"boto3", "botocore", "s3transfer", "jmespath", "urllib3", "python-dateutil", "six"}
_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
_GLIBC = {"python3.10": 26, "python3.11": 26}  # Amazon Linux 2; what comes later is Amazon Linux 2023
_GLIBC_2023, _GLIBC_LEAST = 34, 17
_UNREACHABLE = (
    "NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError", "Max retries",
    "Temporary failure in name resolution", "Network is unreachable",
)  # fmt: skip
_REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[.*\])?\s*([<>=!~].*)?$")
_PIP = ("-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-warn-script-location")
_BUILD = ("--no-compile", "--retries", "1", "--timeout", "15")


@dataclass(frozen=True)
class Requirements:
    """The file, and the runtime identifier (``python3.12``) that it is read for."""

    file: Path
    runtime: str

    def text(self) -> str:
        """Its text. Raises ``UsageError`` where it cannot be read."""
        try:
            return self.file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
            raise UsageError(f"{str(self.file)!r} cannot be read: {reason}.") from None

    def lines(self) -> Iterator[str]:
        """What stands in it, without comments; continued lines are one."""
        for line in re.sub(r"\\\r?\n", " ", self.text()).splitlines():
            kept = re.sub(r"(^|\s)#.*$", "", line).strip()
            if kept:
                yield kept

    def missing(self) -> list[str]:
        """Plain requirements that neither lie in the folder nor in Lambda's own runtime."""
        folder = self.file.parent
        there = {_normal(path.name.split("-")[0]) for path in folder.glob("*.dist-info")}
        there |= {_normal(path.stem) for path in folder.iterdir() if path.is_dir() or path.suffix == ".py"}
        names = [found[1] for line in self.lines() if (found := _REQUIREMENT.match(re.sub(r"--hash\S+", "", line)))]
        return [name for name in names if _normal(name) not in there | _IN_THE_RUNTIME]

    @contextmanager
    def installed(self, cache: Path) -> Iterator[Path]:
        """A folder with the packages: kept from before, or made now by pip.

        Those that the text alone does not name (``-r``, ``-e``, paths, addresses) are kept for no second time.
        Raises ``UsageError`` with pip's reason where they cannot be had, ``HostError`` where there is no pip.
        """
        kept = cache / self._key()
        if self._plain() and kept.is_dir():
            yield kept
            return
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="making-") as made:
            target = Path(made, "packages")
            target.mkdir()
            self._run_pip(target)
            _forget_this_host(target)
            if not self._plain():
                yield target
                return
            try:
                target.replace(kept)
            except OSError:
                if not kept.is_dir():  # another tutor made the same meanwhile
                    raise
            yield kept

    def _plain(self) -> bool:
        """Whether the text alone says what is asked for, so that its packages may be kept."""
        return not any(line.startswith(("-r", "-c", "-e", "--", ".", "/")) or "@" in line for line in self.lines())

    def _key(self) -> str:
        settings = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith("PIP_"))
        parts = [*self.lines(), self.runtime, _machine(), *settings]
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]

    def _run_pip(self, target: Path) -> None:
        """Wheels for Lambda first; else, where this host's Python is the runtime's, whatever pip can build."""
        version = self.runtime.removeprefix("python")
        wheels = ["--only-binary=:all:", "--implementation", "cp", "--python-version", version]
        for tag in _platforms(self.runtime):
            wheels += ["--platform", tag]
        complaint = self._pip(target, wheels)
        own = f"python{sys.version_info[0]}.{sys.version_info[1]}" == self.runtime and sys.platform == "linux"
        if complaint and own and not _offline(complaint):
            shutil.rmtree(target)
            target.mkdir()
            complaint = self._pip(target, [])
        if complaint:
            raise UsageError(self._reason(complaint))

    def _pip(self, target: Path, more: list[str]) -> str:
        """Run pip; what it complained of, or nothing where it succeeded."""
        command = [sys.executable, *_PIP, *_BUILD, "--target", str(target), *more, "-r", str(self.file.absolute())]
        done = subprocess.run(
            command, cwd=self.file.parent, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL
        )
        if done.returncode == 0:
            return ""
        if "No module named pip" in done.stderr:
            raise HostError("The tutor's Python has no pip.", f"Get it with: {sys.executable} -m ensurepip")
        return done.stderr or done.stdout or f"pip ended with code {done.returncode}"

    def _reason(self, complaint: str) -> str:
        if _offline(complaint):
            return (
                f"The packages of {str(self.file)!r} cannot be fetched: no package index can be reached from here. "
                "Try again online, or point pip at wheels with PIP_NO_INDEX=1 and PIP_FIND_LINKS=<folder>."
            )
        errors = [line.removeprefix("ERROR: ") for line in complaint.splitlines() if line.startswith("ERROR: ")]
        said = errors[0] if errors else complaint.strip().splitlines()[-1]
        return f"pip cannot get the packages of {str(self.file)!r} for {self.runtime}: {said.rstrip('.')}."


def _offline(complaint: str) -> bool:
    return any(sign in complaint for sign in _UNREACHABLE)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _machine() -> str:
    found = _MACHINES.get(platform.machine().lower())
    if found is None:
        raise HostError(f"Lambda has no {platform.machine()} processors, so there are no wheels to choose.")
    return found


def _platforms(runtime: str) -> list[str]:
    """Wheel tags that run on the runtime's Amazon Linux, the newest first."""
    newest = _GLIBC.get(runtime, _GLIBC_2023)
    tags = [f"manylinux_2_{minor}" for minor in range(newest, _GLIBC_LEAST - 1, -1)]
    return [f"{tag}_{_machine()}" for tag in [*tags, "manylinux2014", "manylinux2010", "manylinux1"]]


def _forget_this_host(packages: Path) -> None:
    """Take out what pip wrote about this machine: scripts that name its Python, and where a wheel came from."""
    for script in (packages / "bin").glob("*"):
        if script.read_bytes()[:2] == b"#!":
            script.unlink()
    if (packages / "bin").is_dir() and not any((packages / "bin").iterdir()):
        (packages / "bin").rmdir()
    for origin in packages.glob("*.dist-info/direct_url.json"):
        origin.unlink()
    for record in packages.glob("*.dist-info/RECORD"):
        rows = record.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [row for row in rows if (packages / row.split(",")[0]).exists()]
        record.write_text("".join(sorted(kept)), encoding="utf-8")
