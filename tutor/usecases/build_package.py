"""Build a deployment package from a function's folder: its files and the packages of its requirements.txt.

What ``sam build`` does with a Python function. The same input gives the same zip, byte for byte.
"""

import base64
import hashlib
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError, UsageError
from tutor.usecases.requirements import NAME, Requirements

_LEFT_OUT = {"__pycache__", ".git", ".venv", "venv", ".aws-sam", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can tell
_UNIX = 3


@dataclass(frozen=True)
class BuiltPackage:
    """What was built. Sizes in bytes; ``code_size`` and ``code_sha256`` are AWS's, of the zip, None for a folder."""

    path: Path
    packages: tuple[str, ...]
    unzipped_size: int
    code_size: int | None = None
    code_sha256: str | None = None


@dataclass(frozen=True)
class BuildPackage:
    """Builds packages; ``cache`` is where the packages of requirements are kept."""

    quotas: Quotas
    cache: Path

    def run(self, folder: Path, out: Path, runtime: str) -> BuiltPackage:
        """Build the function in ``folder`` into ``out``, a zip where it ends in .zip, else a folder.

        Raises ``UsageError`` for what cannot be read, fetched or overwritten, ``ServiceError`` for a package that
        AWS would refuse.
        """
        _check(folder, out)
        files = dict(_files(folder, out))
        if NAME not in files:
            return self._write(out, files, {})
        with Requirements(folder / NAME, runtime).installed(self.cache) as packages:
            return self._write(out, files, dict(_files(packages, out)))

    def _write(self, out: Path, files: dict[str, Path], installed: dict[str, Path]) -> BuiltPackage:
        """Both into one; where a path is in both, the function's own file is taken."""
        contents = {**installed, **files}
        size = sum(path.stat().st_size for path in contents.values())
        if size > self.quotas.package_size_unzipped:
            text = f"Unzipped size must be smaller than {self.quotas.package_size_unzipped} bytes"
            raise ServiceError("InvalidParameterValueException", text)
        packages = tuple(sorted(_distribution(name) for name in installed if name.endswith(".dist-info/METADATA")))
        if out.suffix == ".zip":
            return BuiltPackage(out, packages, size, *_write_zip(out, contents))
        _write_folder(out, contents)
        return BuiltPackage(out, packages, size)


def missing_packages(folder: Path, runtime: str) -> list[str]:
    """What a function's requirements.txt asks for and its folder does not have."""
    file = folder / NAME
    return Requirements(file, runtime).missing() if file.is_file() else []


def _check(folder: Path, out: Path) -> None:
    if not folder.is_dir():
        raise UsageError(f"There is no folder {str(folder)!r}. Give the folder of a function.")
    if out.suffix == ".zip":
        if out.is_dir():
            raise UsageError(f"{str(out)!r} is a folder. Give the name of a zip, or of a new folder.")
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{str(out)!r} exists and is not empty. Remove it, or give another name.")


def _files(folder: Path, out: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a folder by its path inside, without what belongs to no package, and without ``out`` itself."""
    root, result = folder.resolve(), out.resolve()
    for place, folders, names in os.walk(root, onerror=_unreadable):
        links = [name for name in folders if Path(place, name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT and Path(place, name) != result)
        for name in [*names, *(link for link in links if link not in _LEFT_OUT)]:
            path = Path(place, name)
            if path != result:
                _check_file(path, root)
                yield path.relative_to(root).as_posix(), path


def _unreadable(error: OSError) -> None:
    raise UsageError(f"{error.filename!r} cannot be read. Change its permissions, or leave it out.")


def _check_file(path: Path, root: Path) -> None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        target = Path("/")
    if not target.is_relative_to(root) or not target.is_file():
        raise UsageError(f"{str(path)!r} leads out of the folder, or is no ordinary file. Copy the file instead.")
    if not os.access(path, os.R_OK):
        raise UsageError(f"{str(path)!r} cannot be read. Change its permissions, or leave it out.")


def _distribution(metadata: str) -> str:
    """``requests 2.32.3`` of ``requests-2.32.3.dist-info/METADATA``."""
    return metadata.split("/")[0].removesuffix(".dist-info").replace("-", " ", 1)


def _mode(path: Path) -> int:
    return 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644


def _write_zip(out: Path, contents: dict[str, Path]) -> tuple[int, str]:
    """Write the zip in place of an old one, whole or not at all; its size and hash as AWS gives them."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".tutor-") as made:
        fresh = Path(made, out.name)
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in sorted(contents.items()):
                entry = zipfile.ZipInfo(name, _LONG_AGO)
                entry.create_system = _UNIX
                entry.external_attr = (stat.S_IFREG | _mode(path)) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                with path.open("rb") as source, archive.open(entry, "w") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
        with fresh.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        size = fresh.stat().st_size
        fresh.replace(out)
    return size, base64.b64encode(digest).decode()


def _write_folder(out: Path, contents: dict[str, Path]) -> None:
    for name, path in contents.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, out / name)
        (out / name).chmod(_mode(path))
    out.mkdir(parents=True, exist_ok=True)
