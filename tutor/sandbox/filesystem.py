"""What a handler sees of files: Lambda's folders read-only, a ``/tmp`` of its size, and nothing of the host's users.

The root is built on a tmpfs in a mount namespace of its own, so that all of it is gone with the last process,
whatever ends it. The package is copied into it (a snapshot, as in Lambda); the interpreter and the system's
libraries are bind mounts, read-only, with the host's own Python packages covered.
"""

import os
import shutil
import stat
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.sandbox import syscalls
from tutor.sandbox.syscalls import MS_BIND, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_PRIVATE, MS_REC

_STAGINGS = ("/mnt", "/media", "/srv", "/opt", "/run", "/tmp", "/var/tmp", "/home")
_SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
_SETTINGS = ("ld.so.cache", "ssl/certs", "ssl/openssl.cnf", "pki", "ca-certificates", "alternatives", "localtime")
_DEVICES = ("null", "zero", "full", "random", "urandom")
USER = "sbx_user1051"


@dataclass(frozen=True)
class Layout:
    """Everything that the root is made of. Host paths are absolute.

    ``files`` are (path below /var/task, host path, executable); ``texts`` (path, text); ``archive`` a zip.
    ``runtime`` are (name below /var/runtime, host path). ``covered`` are host folders that must not be seen.
    ``ephemeral_storage`` is the size of /tmp in bytes, ``inodes`` the number of files it takes.
    """

    interpreter: str
    files: Sequence[tuple[str, str, bool]]
    texts: Sequence[tuple[str, str]]
    archive: str | None
    runtime: Sequence[tuple[str, str]]
    covered: Sequence[str]
    ephemeral_storage: int
    inodes: int
    uid: int
    gid: int

    def sources(self) -> list[str]:
        """Host paths that must stay reachable while the root is built."""
        return [
            self.interpreter,
            *(source for _, source, _ in self.files),
            *(source for _, source in self.runtime),
            *([self.archive] if self.archive else []),
        ]


def build(layout: Layout) -> None:
    """Build the root and make it this process' own. The process must be alone in new mount and other namespaces."""
    syscalls.mount("none", "/", "", MS_REC | MS_PRIVATE)
    root = _staging(layout.sources())
    syscalls.mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    for folder in ("var/task", "var/runtime", "var/lang", "opt", "tmp", "proc", "dev", "etc", ".old"):
        os.makedirs(f"{root}/{folder}")
    _system(root)
    _interpreter(root, layout)
    _task(Path(root, "var/task"), layout)
    _runtime(root, layout.runtime)
    _devices(f"{root}/dev")
    _settings(f"{root}/etc", layout)
    _cover(root, layout)
    options = f"mode=1777,size={layout.ephemeral_storage},nr_inodes={layout.inodes}"
    syscalls.mount("tmpfs", f"{root}/tmp", "tmpfs", MS_NOSUID | MS_NODEV, options)
    syscalls.mount("/proc", f"{root}/proc", "", MS_BIND | MS_REC)
    _enter(root)


def _staging(sources: Iterable[str]) -> str:
    """A host folder to build on that hides none of the sources (in this mount namespace only)."""
    real = [os.path.realpath(source) for source in sources]
    for folder in _STAGINGS:
        below = any(source == folder or source.startswith(folder + "/") for source in real)
        if os.path.isdir(folder) and not os.path.islink(folder) and not below:
            return folder
    raise OSError("no folder of this host is free to build the sandbox's root on")


def _bind(source: str, target: str) -> None:
    """A read-only bind mount of a folder or a file."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).touch()
    syscalls.mount(source, target, "", MS_BIND | MS_REC)
    syscalls.make_read_only(target)


def _system(root: str) -> None:
    """The system's libraries and programs, with links kept as links (merged /usr)."""
    for name in _SYSTEM:
        source = f"/{name}"
        if os.path.islink(source):
            os.symlink(os.readlink(source), f"{root}/{name}")
        elif os.path.isdir(source):
            _bind(source, f"{root}/{name}")


def _interpreter(root: str, layout: Layout) -> None:
    _bind(layout.interpreter, f"{root}/var/lang")


def _task(target: Path, layout: Layout) -> None:
    """The package, with Lambda's permissions: 644 for files, 755 for folders and executables."""
    for name, source, executable in layout.files:
        _place(target / name, executable)
        shutil.copyfile(source, target / name)
    for name, text in layout.texts:
        _place(target / name, executable=False)
        (target / name).write_text(text)
    if layout.archive:
        _unpack(target, layout.archive)


def _place(path: Path, executable: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
    os.chmod(path, 0o755 if executable else 0o644)


def _unpack(target: Path, archive: str) -> None:
    """A zip whose names were checked before (see ``package``)."""
    with zipfile.ZipFile(archive) as package:
        for entry in package.infolist():
            if entry.is_dir():
                (target / entry.filename).mkdir(parents=True, exist_ok=True)
                continue
            _place(target / entry.filename, executable=bool(entry.external_attr >> 16 & stat.S_IXUSR))
            with package.open(entry) as packed, open(target / entry.filename, "wb") as plain:
                shutil.copyfileobj(packed, plain)


def _runtime(root: str, runtime: Iterable[tuple[str, str]]) -> None:
    for name, source in runtime:
        _bind(source, f"{root}/var/runtime/{name}")


def _devices(target: str) -> None:
    for name in _DEVICES:
        Path(target, name).touch()
        syscalls.mount(f"/dev/{name}", f"{target}/{name}", "", MS_BIND)
    for name, link in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(link, f"{target}/{name}")


def _settings(target: str, layout: Layout) -> None:
    """A small /etc: the sandbox's one user, the loader's cache and the certificates; no resolver, no host names."""
    nobody = "/sbin/nologin"
    texts = {
        "passwd": f"root:x:0:0:root:/root:{nobody}\n{USER}:x:{layout.uid}:{layout.gid}::/home/{USER}:{nobody}\n",
        "group": f"root:x:0:\n{USER}:x:{layout.gid}:\n",
        "hosts": "127.0.0.1 localhost\n",
        "resolv.conf": "",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
        "os-release": 'NAME="tutor sandbox"\nID=tutor\n',
    }
    for name, text in texts.items():
        Path(target, name).write_text(text)
    for name in _SETTINGS:
        source = os.path.realpath(f"/etc/{name}")
        if os.path.exists(source):
            _bind(source, f"{target}/{name}")


def _cover(root: str, layout: Layout) -> None:
    """Lay an empty, read-only folder over what the host keeps below the folders that were mounted."""
    for hidden in layout.covered:
        for source, target in ((layout.interpreter, f"{root}/var/lang"), ("/usr", f"{root}/usr")):
            inside = os.path.relpath(hidden, source)
            place = os.path.join(target, inside)
            if not inside.startswith("..") and inside != "." and os.path.isdir(place):
                syscalls.mount(
                    "tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,nr_inodes=2,mode=755"
                )
                syscalls.make_read_only(place)


def _enter(root: str) -> None:
    os.chdir(root)
    syscalls.pivot_root(".", ".old")
    os.chdir("/")
    syscalls.unmount("/.old")
    os.rmdir("/.old")


def enter_processes() -> None:
    """In the first process of a pid namespace and a mount namespace: its own /proc, and everything else read-only.

    The new /proc lies over the host's: the kernel gives one only where one can be seen already.
    """
    syscalls.mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=2")
    flags = syscalls.MS_REMOUNT | MS_BIND | syscalls.MS_RDONLY | MS_NOSUID
    syscalls.mount("", "/", "", flags | MS_NODEV)
