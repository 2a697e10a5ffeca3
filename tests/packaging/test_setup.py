"""``make setup`` says what it lacks before it touches anything, and does nothing when all is done."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT

MODERN = 'case "$2" in *version_info*) exit 0;; *ensurepip*) exit 1;; esac'
OLD = 'case "$1" in --version) echo "Python 3.9.1"; exit 0;; esac; exit 1'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with what the set-up reads."""
    folder = tmp_path / "a clone"
    (folder / ".ci").mkdir(parents=True)
    for name in (".ci/setup", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def _setup(clone: Path, python: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "PYTHON": python}
    return subprocess.run([clone / ".ci" / "setup"], env=environment, capture_output=True, text=True)


def _python(folder: Path, script: str) -> str:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_a_python_that_is_not_there_is_named(clone: Path) -> None:
    """A missing Python gives one sentence with what to do, and exit code 2."""
    done = _setup(clone, "python3.99")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no 'python3.99'" in done.stderr
    assert not (clone / ".venv").exists()


def test_a_python_that_is_too_old_is_refused(clone: Path, tmp_path: Path) -> None:
    """An old Python is told by its version, with what is needed."""
    done = _setup(clone, _python(tmp_path, OLD))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Python 3.9.1 is too old: Python 3.11 or newer" in done.stderr


def test_a_python_without_venv_is_refused(clone: Path, tmp_path: Path) -> None:
    """A Python whose venv or ensurepip was packaged apart gets the command that brings them."""
    done = _setup(clone, _python(tmp_path, MODERN))
    assert (done.returncode, done.stdout) == (2, "")
    assert "apt install python3-venv" in done.stderr


def test_a_set_up_folder_is_left_alone(clone: Path) -> None:
    """Once done, the set-up neither needs a Python of the system nor says anything, and takes no time."""
    python = clone / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/bin/true")
    sums = subprocess.run("cat requirements.lock pyproject.toml | cksum", shell=True, cwd=clone, capture_output=True)
    (clone / ".venv" / "set-up").write_text(f"{clone} {sums.stdout.decode()}", encoding="utf-8")
    began = time.monotonic()
    done = _setup(clone, "python3.99")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert time.monotonic() - began < 5


def test_a_changed_lock_asks_for_the_set_up_again(clone: Path) -> None:
    """What was set up for another lock does not count."""
    test_a_set_up_folder_is_left_alone(clone)
    with (clone / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("other==1.0\n")
    assert _setup(clone, "python3.99").returncode == 2
