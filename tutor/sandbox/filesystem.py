"""What a handler sees of files: Lambda's folders read-only, a ``/tmp`` of its size, and nothing of the host's users.

The base root is built once, on a tmpfs in a mount namespace of its own, so that all of it is gone with the last
process, whatever ends it: the interpreter and the system's libraries are bind mounts, read-only, with the host's own
Python packages covered. Each environment sees a copy of that namespace with its own package, /tmp and /proc.
"""

import os
import shutil
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
CODE, PACKAGES = "/tmp", "/opt"  # in the base root only: each environment has its own there


@dataclass(frozen=True)
class Base:
    """What every environment of this host shares. Host paths are absolute.

    ``runtime`` are (name below /var/runtime, host path); ``code`` the same for the zygote alone.
    ``covered`` are host folders that must not be seen.
    """

    interpreter: str
    runtime: Sequence[tuple[str, str]]
    code: Sequence[tuple[str, str]]
    covered: Sequence[str]
    uid: int
    gid: int

    def sources(self) -> list[str]:
        """Host paths that must stay reachable while the root is built."""
        return [self.interpreter, *(source for _, source in (*self.runtime, *self.code))]


def build(base: Base) -> None:
    """Build the base root and make it this process' own. The process must be alone in new namespaces."""
    syscalls.mount("none", "/", "", MS_REC | MS_PRIVATE)
    root = _staging(base.sources())
    syscalls.mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    for folder in ("var/task", "var/runtime", "var/lang", "opt", "tmp", "proc", "dev", "etc", ".old"):
        os.makedirs(f"{root}/{folder}")
    for hidden in (CODE, PACKAGES):
        syscalls.mount("tmpfs", f"{root}{hidden}", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    for folder in ("var/task", "var/runtime", "opt"):
        os.mkdir(f"{root}/{folder}/lib")  # the loader looks for libraries ever after where it saw a folder at first
    _system(root)
    _bind(base.interpreter, f"{root}/var/lang")
    for name, source in base.runtime:
        _bind(source, f"{root}/var/runtime/{name}")
    _copy(Path(f"{root}{CODE}"), base.code)
    _devices(f"{root}/dev")
    _settings(f"{root}/etc", base)
    _cover(root, base)
    syscalls.mount("/proc", f"{root}/proc", "", MS_BIND | MS_REC)
    _enter(root)


def _copy(target: Path, files: Iterable[tuple[str, str]]) -> None:
    for name, source in files:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / name)


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
    _shell(root)


def _shell(root: str) -> None:
    """``sh`` is bash, as on Amazon Linux, where the host has it: a bootstrap may say ``set -o pipefail``."""
    shell, bash = os.path.realpath("/bin/sh"), os.path.realpath("/bin/bash")
    target = f"{root}{shell}"
    if shell != bash and os.path.isfile(bash) and os.path.isfile(target):
        syscalls.mount(bash, target, "", MS_BIND)
        syscalls.make_read_only(target)


def _devices(target: str) -> None:
    for name in _DEVICES:
        Path(target, name).touch()
        syscalls.mount(f"/dev/{name}", f"{target}/{name}", "", MS_BIND)
        syscalls.make_read_only(f"{target}/{name}", devices=True)  # the device can be written, its times cannot
    for name, link in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(link, f"{target}/{name}")


def _settings(target: str, base: Base) -> None:
    """A small /etc: the sandbox's one user, the loader's cache and the certificates; no resolver, no host names."""
    nobody = "/sbin/nologin"
    owner = "nobody:x:65534:"  # what a user namespace shows for everything that is not its own
    user = f"{USER}:x:{base.uid}:{base.gid}::/home/{USER}"
    texts = {
        "passwd": f"root:x:0:0:root:/root:{nobody}\n{owner}65534::/:{nobody}\n{user}:{nobody}\n",
        "group": f"root:x:0:\n{owner}\n{USER}:x:{base.gid}:\n",
        "hosts": "127.0.0.1 localhost sandbox.localdomain sandbox\n",
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


def _cover(root: str, base: Base) -> None:
    """Lay an empty, read-only folder over what the host keeps below the folders that were mounted."""
    for hidden in base.covered:
        for source, target in ((base.interpreter, f"{root}/var/lang"), ("/usr", f"{root}/usr")):
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
    """In the first process of a pid namespace and a mount namespace: its own /proc and an empty /tmp.

    The new /proc lies over the host's: the kernel gives one only where one can be seen already.
    """
    syscalls.mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=2")
    syscalls.mount("/proc/sys", "/proc/sys", "", MS_BIND)  # an ordinary user's handler would own some settings
    syscalls.make_read_only("/proc/sys")
    syscalls.mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=4k")


def furnish(package: str, ephemeral_storage: int, inodes: int) -> None:
    """The function's own: its package on /var/task and its layers on /opt, /tmp of its size (bytes, files).

    What is not its own goes out of sight, and everything but /tmp is read-only from here on.
    """
    syscalls.mount(f"{PACKAGES}/{package}/task", "/var/task", "", MS_BIND)
    syscalls.make_read_only("/var/task")
    if os.path.isdir(f"{PACKAGES}/{package}/opt"):
        syscalls.mount(f"{PACKAGES}/{package}/opt", "/opt", "", MS_BIND)
        syscalls.make_read_only("/opt")
    else:
        syscalls.unmount("/opt")
    size = f"mode=1777,size={ephemeral_storage},nr_inodes={inodes}"
    syscalls.mount("tmpfs", "/tmp", "tmpfs", syscalls.MS_REMOUNT | MS_NOSUID | MS_NODEV, size)
    flags = syscalls.MS_REMOUNT | MS_BIND | syscalls.MS_RDONLY | MS_NOSUID
    syscalls.mount("", "/", "", flags | MS_NODEV)
