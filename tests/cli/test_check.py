"""``tutor check``: what is printed where, the exit codes, and watching."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tutor.cli import main
from tutor.cli.changes import changes
from tutor.cli.check import _changed
from tutor.errors import UsageError
from tutor.usecases.check_labs import Checked, Status
from tutor.wiring import Tutor

LABS = ("limits/every-limit/too-slow", "limits/every-limit/outgrows-memory")


@dataclass
class Scripted:
    """Stands in for the use case: each lab comes out as the script says."""

    statuses: Sequence[Status]
    asked: Sequence[str] = ()
    graded: list[str] = field(default_factory=list)

    def labs(self, names: Sequence[str]) -> tuple[str, ...]:
        self.asked = names
        if "nothing" in names:
            raise UsageError("There is no lesson or lab 'nothing'.")
        return LABS[: len(self.statuses)]

    def learners_copy(self, lab_id: str) -> Checked:
        self.graded.append(lab_id)
        return Checked(lab_id, self.statuses[LABS.index(lab_id)], "because")

    def authored(self, lab_ids: Sequence[str], begun: Callable[[str], None]) -> Iterator[Checked]:
        for lab_id, status in zip(lab_ids, self.statuses, strict=True):
            begun(f"{lab_id}/starter")
            yield Checked(f"{lab_id}/starter", status, "because")


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scripted]:
    """Puts a scripted use case where the command looks for it."""

    def put(*statuses: Status) -> Scripted:
        scripted = Scripted(statuses)
        monkeypatch.setattr("tutor.wiring.Tutor.check_labs", scripted)
        return scripted

    return put


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (("not started", "not started"), 0),
        (("passed", "not started"), 0),
        (("passed", "not passed"), 1),
        (("passed", "cannot be judged"), 3),
        (("not passed", "cannot be judged"), 1),
    ],
)
def test_the_worst_verdict_decides_the_exit_code(
    script: Callable[..., Scripted], statuses: Sequence[Status], code: int
) -> None:
    """1 for a lab begun and not passed wins over 3 for what this host cannot judge."""
    script(*statuses)
    assert main(["check"]) == code


@pytest.mark.parametrize(
    ("statuses", "code"),
    [(("as authored",), 0), (("as authored", "not as authored"), 1), (("as authored", "cannot be judged"), 3)],
)
def test_authored_has_the_same_codes(
    script: Callable[..., Scripted], statuses: Sequence[Status], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The course's own folders are proven with the same exit codes, and narrated on stderr."""
    script(*statuses)
    assert main(["check", "--authored"]) == code
    out, err = capsys.readouterr()
    assert out.startswith(f"{LABS[0]}/starter  as authored: because\n")
    assert err.startswith(f"1  {LABS[0]}/starter\n")


def test_json_is_one_object_per_lab(script: Callable[..., Scripted], capsys: pytest.CaptureFixture[str]) -> None:
    """Data goes to stdout, with id, status and why."""
    script("passed", "not started")
    main(["check", "limits/every-limit", "--json"])
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {"id": LABS[0], "status": "passed", "why": "because"}
    assert second["status"] == "not started"


def test_an_unknown_lesson_is_bad_usage(script: Callable[..., Scripted], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, one sentence, no traceback."""
    script()
    assert main(["check", "nothing"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_watch_is_for_ones_own_copies(script: Callable[..., Scripted], capsys: pytest.CaptureFixture[str]) -> None:
    """The two flags contradict each other: bad usage."""
    script("passed")
    assert main(["check", "--watch", "--authored"]) == 2
    assert "--watch" in capsys.readouterr().err


def test_watch_grades_what_changes_until_interrupted(
    script: Callable[..., Scripted], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """All labs once, then only the lab whose file was saved; an interruption ends it with 130."""
    scripted = script("passed", "not passed")

    def saved(folder: Path) -> Iterator[frozenset[Path]]:
        yield frozenset({folder / LABS[1] / "lambda_function.py"})
        yield frozenset({folder / ".lock"})
        raise KeyboardInterrupt

    monkeypatch.setattr("tutor.cli.changes.changes", saved)
    assert main(["check", "--watch"]) == 130
    assert scripted.graded == [*LABS, LABS[1]]
    assert (home / "workspace").is_dir()


def test_a_change_belongs_to_its_lab_alone(tmp_path: Path) -> None:
    """A lab whose name begins like another one is not graded for it, and a path outside is nobody's."""
    labs = ("limits/every-limit/too", "limits/every-limit/too-slow")
    paths = [tmp_path / "limits/every-limit/too-slow/a.py", Path("/elsewhere/limits/every-limit/too/a.py")]
    assert list(_changed(tmp_path, paths, labs)) == ["limits/every-limit/too-slow"]
    assert list(_changed(tmp_path, [tmp_path / labs[0]], labs)) == [labs[0]]


@pytest.mark.parametrize("polling", [False, True])
def test_changes_are_seen(tmp_path: Path, polling: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A saved file is told, also where the operating system has no watches left and one must look."""
    import watchfiles

    true_watch = watchfiles.watch

    def watch(*arguments: object, **options: object) -> Iterator[object]:
        if polling and not options["force_polling"]:
            raise OSError(28, "no space left: inotify watches")
        return true_watch(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(watchfiles, "watch", watch)
    told = changes(tmp_path)
    stop = threading.Event()

    def save() -> None:
        number = 0
        while not stop.wait(0.2):
            number += 1
            (tmp_path / "saved.py").write_text(f"version = {number}\n" * number, encoding="utf-8")

    saving = threading.Thread(target=save)
    saving.start()
    try:
        assert tmp_path / "saved.py" in next(told)
    finally:
        stop.set()
        saving.join()
        told.close()  # type: ignore[attr-defined]


LAB = "invocation-types/who-waits-for-the-answer/error-or-success"


def solve(lab_id: str, folder: Path) -> None:
    """Put the lab's first solution in the place of the learner's copy."""
    for source in Tutor().library.lab(lab_id).solutions[0].iterdir():
        shutil.copy(source, folder)


def test_a_learners_copy_from_begun_to_passed(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """In the real sandbox: the starter's copy fails with its reason, the solution passes, both are remembered."""
    tutor = Tutor()
    state = tutor.run_lab.open(LAB)
    assert main(["check", LAB]) == 1
    assert f"{LAB}  not passed: " in capsys.readouterr().out
    solve(LAB, state.folder)
    assert main(["check", LAB, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "passed"
    assert [attempt.passed for attempt in tutor.memory.lab_attempts()] == [False, True]


def test_authored_leaves_the_learner_alone(home: Path) -> None:
    """Proving the course makes no copy and stores no attempt."""
    assert main(["check", "--authored", LAB]) == 0
    assert not (home / "workspace").exists()
    assert list(home.glob("*.db")) == []


def test_watching_grades_on_save_until_ctrl_c(home: Path) -> None:
    """The real command: the copy fails, is saved with the solution, passes; Ctrl+C ends without a traceback."""
    folder = Tutor().run_lab.open(LAB).folder
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", "check", LAB, "--watch", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TUTOR_HOME": str(home)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        assert json.loads(process.stdout.readline())["status"] == "not passed"
        assert process.stderr.readline().startswith("Watching ")
        stop = threading.Event()
        saving = threading.Thread(target=save_until, args=(stop, folder))  # the watch may begin a moment later
        saving.start()
        try:
            assert json.loads(process.stdout.readline())["status"] == "passed"
        finally:
            stop.set()
            saving.join()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in err


def save_until(stop: threading.Event, folder: Path) -> None:
    """Save the solution now and then."""
    solve(LAB, folder)
    while not stop.wait(5):
        solve(LAB, folder)
