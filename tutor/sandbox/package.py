"""The deployment package: what lies in /var/task, checked before anything of it is used.

A package is a snapshot: a file, a folder, a zip, or a mapping of file names to texts.
Texts of the refusals are AWS's own (recorded from the service) where AWS has one.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError, UsageError


@dataclass(frozen=True)
class Package:
    """``files`` are (path inside, host path, executable); ``texts`` (path inside, text); ``archive`` a zip's path."""

    files: tuple[tuple[str, str, bool], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    archive: str | None = None

    def contents(self) -> Iterator[tuple[str, bytes, bool]]:
        """(path inside, content, executable) of every file, read now."""
        for name, source, executable in self.files:
            yield name, Path(source).read_bytes(), executable
        for name, text in self.texts:
            yield name, text.encode(), False
        if self.archive:
            with zipfile.ZipFile(self.archive) as archive:
                for entry in archive.infolist():
                    if not entry.is_dir():
                        executable = bool(entry.external_attr >> 16 & stat.S_IXUSR)
                        yield entry.filename, archive.read(entry), executable


def open_package(code: Path | Mapping[str, str], quotas: Quotas) -> Package:
    """Check and describe a package.

    Raises ``UsageError`` for what is not there or is no package, ``ServiceError`` for what AWS refuses.
    """
    if not isinstance(code, Path):
        size = sum(len(text.encode()) for text in code.values())
        _check_unzipped(size, quotas)
        return Package(texts=tuple(code.items()))
    if not code.exists():
        raise UsageError(f"There is no file or folder {str(code)!r}. Give a handler's file, its folder, or a zip.")
    if code.is_dir():
        return _folder(code, quotas)
    if code.suffix == ".zip":
        return _zip(code, quotas)
    if not code.is_file():
        raise UsageError(f"{str(code)!r} is neither a file nor a folder. Give a handler's file, its folder, or a zip.")
    _check_readable(code)
    _check_unzipped(code.stat().st_size, quotas)
    return Package(files=((code.name, str(code.absolute()), os.access(code, os.X_OK)),))


def _check_readable(path: Path) -> None:
    if not os.access(path, os.R_OK):
        raise UsageError(f"{str(path)!r} cannot be read. Change its permissions, or give another one.")


def _check_unzipped(size: int, quotas: Quotas) -> None:
    if size > quotas.package_size_unzipped:
        text = f"Unzipped size must be smaller than {quotas.package_size_unzipped} bytes"
        raise ServiceError("InvalidParameterValueException", text)


def _folder(folder: Path, quotas: Quotas) -> Package:
    files = tuple(_walk(folder))
    _check_unzipped(sum(os.stat(source).st_size for _, source, _ in files), quotas)
    return Package(files=files)


def _walk(folder: Path) -> Iterator[tuple[str, str, bool]]:
    root = folder.resolve()
    for place, folders, names in os.walk(root, onerror=_unreadable):
        folders.sort()
        for name in sorted(names) + [name for name in folders if Path(place, name).is_symlink()]:
            path = Path(place, name)
            state = _state(path, root)
            yield str(path.relative_to(root)), str(path), bool(state.st_mode & stat.S_IXUSR)


def _unreadable(error: OSError) -> None:
    raise UsageError(f"{error.filename!r} cannot be read. Change its permissions, or give another folder.")


def _state(path: Path, root: Path) -> os.stat_result:
    """The file's state; a link may only lead to a file inside the package."""
    if path.is_symlink():
        target = path.resolve()
        if not target.is_relative_to(root) or not target.is_file():
            reason = "is a link that does not lead to a file of the package"
            raise UsageError(f"{str(path)!r} {reason}. Copy the file instead.")
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise UsageError(f"{str(path)!r} is no ordinary file, and a package holds ordinary files. Remove it.")
    _check_readable(path)
    return state


def _zip(path: Path, quotas: Quotas) -> Package:
    _check_readable(path)
    if path.stat().st_size > quotas.package_size_zipped:
        text = f"Zipped size must be smaller than {quotas.package_size_zipped} bytes"
        raise ServiceError("RequestEntityTooLargeException", text)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if not all(_harmless(entry) for entry in entries):
                raise _unzip_refused()
            _check_unzipped(sum(entry.file_size for entry in entries), quotas)
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
        raise _unzip_refused() from None
    if damaged is not None:
        raise _unzip_refused()
    return Package(archive=str(path.absolute()))


def _unzip_refused() -> ServiceError:
    """AWS's refusal of a zip that it cannot use."""
    text = "Could not unzip uploaded file. Please check your file, then try to upload again."
    return ServiceError("InvalidParameterValueException", text)


def _harmless(entry: zipfile.ZipInfo) -> bool:
    """No way out of the folder, no links, no devices, nothing encrypted."""
    parts = entry.filename.replace("\\", "/").split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    plain = kind in (0, stat.S_IFREG, stat.S_IFDIR)
    return plain and ".." not in parts and not entry.filename.startswith("/") and not entry.flag_bits & 1
