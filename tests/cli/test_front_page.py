"""``tutor`` itself: help, version, wrong words, and the boundary where errors become sentences."""

import argparse
import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.repository import ROOT
from tutor import __version__, cli
from tutor.errors import HostError, UsageError

Act = Callable[[], int]
HEAVY = {"textual", "sqlalchemy", "alembic", "jinja2", "markdown_it", "ruamel", "boto3", "fsrs", "asyncio"}


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Act], list[str]]:
    """Registers a command whose ``run`` does what a test says; returns the arguments that call it."""

    def register(act: Act) -> list[str]:
        module = ModuleType("tutor.cli.rehearse")

        def add_arguments(parser: argparse.ArgumentParser) -> None:
            parser.add_argument("--memory-size", type=int, default=128)

        module.add_arguments = add_arguments  # type: ignore[attr-defined]
        module.run = lambda _arguments: act()  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(cli.COMMANDS, "rehearse", "do what a test says")
        return ["rehearse"]

    return register


def _raise(error: BaseException) -> Act:
    def act() -> int:
        raise error

    return act


def _loaded_by(*arguments: str) -> set[str]:
    """The modules that a command line has loaded when it has answered."""
    script = f"import sys; from tutor.cli import main; main({arguments!r}); print('MODULES', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split("MODULES ")[1].split())


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """``tutor --help`` names each command with what it does, and ends with 0."""
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"{name} " in shown and says in shown for name, says in cli.COMMANDS.items())


def test_help_is_light() -> None:
    """``tutor --help`` imports nothing that a command or the app needs, so that it answers at once."""
    loaded = _loaded_by("--help")
    assert not loaded & (HEAVY | {"dataclasses", "pathlib"})
    assert {name for name in loaded if name.startswith("tutor")} == {"tutor", "tutor.cli"}


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``tutor COMMAND --help`` explains the command and ends with 0."""
    assert cli.main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: tutor {name}")


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_help_of_a_command_is_light(name: str) -> None:
    """The help of a command does not import what only its run needs."""
    assert not _loaded_by(name, "--help") & HEAVY


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """``tutor --version`` prints name and version."""
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"tutor {__version__}\n"


def test_python_m_tutor_is_the_same_program() -> None:
    """``python -m tutor`` answers as ``tutor`` does."""
    done = subprocess.run([sys.executable, "-m", "tutor", "--version"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"tutor {__version__}\n")


def test_an_unknown_command_gets_the_nearest_name(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt command is wrong usage, and the sentence names the one that was probably meant."""
    assert cli.main(["progres"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "did you mean 'progress'?" in said.err


def test_an_unknown_option_gets_the_nearest_name(
    command: Callable[[Act], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt option is wrong usage, and the sentence names the one that was probably meant."""
    assert cli.main([*command(lambda: 0), "--memory-sise=64"]) == 2
    assert "did you mean '--memory-size'?" in capsys.readouterr().err
    assert cli.main(["--verion"]) == 2


def test_options_are_not_guessed_from_their_beginning(command: Callable[[Act], list[str]]) -> None:
    """``--memory`` is not taken for ``--memory-size``: a script must not change meaning when an option is added."""
    assert cli.main([*command(lambda: 0), "--memory", "64"]) == 2


def test_the_exit_code_of_a_command_is_the_exit_code(command: Callable[[Act], list[str]]) -> None:
    """What a command returns is what the shell sees."""
    assert cli.main(command(lambda: 1)) == 1


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (UsageError("there is no file 'x.py'"), 2, "tutor: there is no file 'x.py'\n"),
        (HostError("No namespaces here.", "Run: cure"), 3, "tutor: No namespaces here. Run: cure\n"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/db"), 2, "cannot use /x/db: Permission denied"),
        (OSError(errno.EROFS, "Read-only file system", "/x"), 2, "set TUTOR_HOME"),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), 2, "No space left on device"),
        (KeyboardInterrupt(), 130, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_an_error_is_a_sentence_and_a_code(
    error: BaseException,
    code: int,
    sentence: str,
    command: Callable[[Act], list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever goes wrong ends in one sentence on stderr and the exit code that says whose fault it was."""
    assert cli.main(command(_raise(error))) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert sentence in said.err
    assert "Traceback" not in said.err


def test_a_fault_of_ours_is_kept_and_not_shown(
    command: Callable[[Act], list[str]], capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    """A defect is told in one sentence; its traceback lies in the learner's folder, to be reported."""
    assert cli.main(command(_raise(ZeroDivisionError("division by zero")))) == 70
    said = capsys.readouterr().err
    log = home / "logs" / "tutor.log"
    assert str(log) in said
    assert "Traceback" not in said
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


def test_a_fault_of_ours_is_told_even_when_nothing_can_be_kept(
    command: Callable[[Act], list[str]],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A home that cannot be made does not hide the first fault behind a second one."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "file" / "home"))
    assert cli.main(command(_raise(ZeroDivisionError("division by zero")))) == 70
    assert "division by zero" in capsys.readouterr().err


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_without_a_terminal_the_app_does_not_open(stream: str) -> None:
    """Where input, output or error is no terminal, the tutor says so and ends with 2 instead of painting."""
    master, terminal = os.openpty()
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal) | {stream: subprocess.DEVNULL}
    try:
        done = subprocess.run([sys.executable, "-m", "tutor"], cwd=ROOT, **streams)  # type: ignore[call-overload]
    finally:
        os.close(terminal)
        os.close(master)
    assert done.returncode == 2


def test_the_sentence_without_a_terminal_names_the_way_out() -> None:
    """The sentence says what is missing and which command needs none."""
    done = subprocess.run(
        [sys.executable, "-m", "tutor"], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "standard input is none" in done.stderr
    assert "tutor --help" in done.stderr


def test_a_reader_that_goes_away_is_no_fault() -> None:
    """``tutor … | head -1`` ends quietly, whatever of the output was still to come."""
    reader, writer = os.pipe()
    os.close(reader)
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-m", "tutor", "--help"]
    done = subprocess.run(command, cwd=ROOT, env=buffered, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert done.returncode == cli.READER_WENT_AWAY
    assert done.stderr == ""
