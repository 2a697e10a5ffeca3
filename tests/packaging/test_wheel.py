"""What is installed from a wheel works as the checkout does, anywhere."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, tracked_files

HANDLER = "def handler(event, context):\n    return {'seen': event['n']}\n"
LEARNERS = (".db", ".sqlite", ".sqlite3", ".log", ".pyc")


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    built = _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    assert built.returncode == 0, built.stderr
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """The names of all files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``tutor`` in a second virtual environment, which sees the packages of this one but not the checkout."""
    folder = tmp_path_factory.mktemp("second")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    done = _run(*pip, "install", "--no-index", "--no-deps", wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "first.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin" / "tutor"


def test_the_content_is_in_the_wheel(names: set[str]) -> None:
    """Every lesson, question and table of the repository travels in the wheel, as it is."""
    content = {path.as_posix() for path in tracked_files() if path.parts[0] in {"lessons", "scenarios", "data"}}
    assert content
    assert {f"tutor/_shipped/{name}" for name in content} <= names


def test_the_whole_package_is_in_the_wheel(names: set[str]) -> None:
    """Every file of the package travels in the wheel: modules, styles, migrations."""
    assert {path.as_posix() for path in tracked_files() if path.parts[0] == "tutor"} <= names
    assert any(name.startswith("tutor/store/migrations/versions/") for name in names)


def test_nothing_else_is_in_the_wheel(names: set[str]) -> None:
    """No test, and nothing that a learner owns or a run leaves behind, is ever shipped."""
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"tutor"}
    assert not [name for name in names if name.endswith(LEARNERS) or "workspace/" in name]


def test_the_installed_tutor_is_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The second environment really runs what was installed in it, with the content of the wheel."""
    script = "import tutor.locations; print(tutor.locations.content_root())"
    done = _run(installed.with_name("python"), "-c", script, cwd=tmp_path)
    root = Path(done.stdout.strip())
    assert root.parts[-2:] == ("tutor", "_shipped"), done.stderr
    assert root.is_relative_to(installed.parents[1].resolve())


def test_the_installed_content_is_valid(installed: Path, tmp_path: Path) -> None:
    """``tutor content`` finds nothing wrong in what was shipped."""
    done = _run(installed, "content", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_installed_tutor_tells_progress(installed: Path, tmp_path: Path, home: Path) -> None:
    """``tutor progress --json`` makes its database from the shipped migrations and lists every lesson."""
    done = _run(installed, "progress", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    items = [json.loads(line) for line in done.stdout.splitlines()]
    assert items
    assert all({"id", "status", "why"} <= set(item) for item in items)
    assert home.is_dir()
    assert os.listdir(tmp_path) == [home.name]  # noqa: PTH208 - nothing is left where the command was called


def test_the_installed_tutor_runs_a_handler(installed: Path, tmp_path: Path) -> None:
    """``tutor invoke`` runs a file in the sandbox, with the runtime that was shipped."""
    (tmp_path / "count.py").write_text(HANDLER, encoding="utf-8")
    done = _run(installed, "invoke", "count.py", "--event", '{"n": 3}', "--json", cwd=tmp_path)
    if done.returncode == 3:
        pytest.skip("this host cannot run the sandbox: " + done.stderr.strip())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Payload"] == {"seen": 3}
