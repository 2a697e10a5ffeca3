"""The learner's own files: never overwritten, never lost."""

import fcntl
import signal
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from tutor.errors import StoreError, UsageError
from tutor.usecases.workspace import Workspace

LAB = "limits/every-limit/too-slow"


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    folder = tmp_path / "starter"
    (folder / "lib").mkdir(parents=True)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_bytes(b"")
    (folder / "lambda_function.py").write_text("starter")
    (folder / "lib" / "part.py").write_text("part")
    (folder / "template.yaml").write_text("template")
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def code(workspace: Workspace) -> Path:
    return workspace.folder(LAB) / "lambda_function.py"


def test_looking_creates_nothing(workspace: Workspace) -> None:
    """Asking whether a lab was begun leaves no folder behind."""
    assert not workspace.begun(LAB)
    assert not workspace.can_undo(LAB)
    assert not workspace.root.exists()


def test_opening_copies_the_starter_once(workspace: Workspace, starter: Path) -> None:
    """The first opening makes the copy, without Python's caches; later ones leave what the learner wrote."""
    assert workspace.open(LAB, starter)
    assert workspace.files(LAB, ("template.yaml", "nowhere.py")) == (
        Path("template.yaml"), Path("lambda_function.py"), Path("lib/part.py"),
    )  # fmt: skip
    code(workspace).write_text("mine")
    (starter / "lambda_function.py").write_text("a newer starter")
    assert not workspace.open(LAB, starter)
    assert code(workspace).read_text() == "mine"


def test_a_file_that_was_deleted_stays_deleted(workspace: Workspace, starter: Path) -> None:
    """The copy is the learner's: opening again puts nothing back."""
    workspace.open(LAB, starter)
    code(workspace).unlink()
    workspace.open(LAB, starter)
    assert not code(workspace).exists()


def test_a_read_only_starter_gives_a_writable_copy(workspace: Workspace, starter: Path) -> None:
    """What an installed package holds read-only can be edited in the copy."""
    (starter / "lambda_function.py").chmod(0o444)
    workspace.open(LAB, starter)
    assert code(workspace).stat().st_mode & 0o200


def test_a_program_of_the_starter_stays_a_program(workspace: Workspace, starter: Path) -> None:
    """What can be executed in the starter can be executed in the copy, such as a runtime's bootstrap."""
    (starter / "bootstrap").write_text("#!/bin/bash\n")
    (starter / "bootstrap").chmod(0o755)
    workspace.open(LAB, starter)
    assert (workspace.folder(LAB) / "bootstrap").stat().st_mode & 0o100
    assert not code(workspace).stat().st_mode & 0o100


def test_a_reset_can_be_undone_and_redone(workspace: Workspace, starter: Path) -> None:
    """Reset puts the starter back, undo brings the work back, undo again the starter."""
    workspace.open(LAB, starter)
    code(workspace).write_text("mine")
    workspace.reset(LAB, starter)
    assert code(workspace).read_text() == "starter"
    assert workspace.can_undo(LAB)
    assert workspace.undo_reset(LAB)
    assert code(workspace).read_text() == "mine"
    assert workspace.undo_reset(LAB)
    assert code(workspace).read_text() == "starter"
    assert workspace.undo_reset(LAB)
    assert code(workspace).read_text() == "mine"


def test_resetting_twice_does_not_lose_the_work(workspace: Workspace, starter: Path) -> None:
    """A second reset by mistake keeps what the first one put aside within one undo."""
    workspace.open(LAB, starter)
    code(workspace).write_text("mine")
    workspace.reset(LAB, starter)
    workspace.reset(LAB, starter)
    workspace.undo_reset(LAB)
    assert code(workspace).read_text() == "mine"


def test_every_reset_is_kept(workspace: Workspace, starter: Path) -> None:
    """Two different works that were reset both lie aside as plain files."""
    workspace.open(LAB, starter)
    for work in ("first", "second"):
        code(workspace).write_text(work)
        workspace.reset(LAB, starter)
    kept = {path.read_text() for path in (workspace.root / ".aside").rglob("lambda_function.py")}
    assert kept == {"first", "second"}


def test_there_is_nothing_to_undo_at_first(workspace: Workspace, starter: Path) -> None:
    """Without a reset nothing lies aside and nothing is moved."""
    workspace.open(LAB, starter)
    assert not workspace.undo_reset(LAB)
    assert code(workspace).read_text() == "starter"


SCRIPT = """
import os, sys
from pathlib import Path
from tutor.usecases import workspace

root, starter, act, until = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
seen = 0

def counting(before):
    def rename(self, target):
        global seen
        if seen == until:
            os.kill(os.getpid(), 9)
        seen += 1
        return before(self, target)
    return rename

Path.rename = counting(Path.rename)
copies = workspace.Workspace(root)
lab_id = "limits/every-limit/too-slow"
copies.reset(lab_id, starter) if act == "reset" else copies.undo_reset(lab_id)
"""


@pytest.mark.parametrize("act", ["reset", "undo"])
@pytest.mark.parametrize("renames", [0, 1, 2])
def test_a_kill_at_any_step_loses_nothing(workspace: Workspace, starter: Path, act: str, renames: int) -> None:
    """Killed before any of its renames, a reset or an undo leaves the work in place or one undo away."""
    workspace.open(LAB, starter)
    code(workspace).write_text("mine")
    if act == "undo":
        workspace.reset(LAB, starter)
    command = [sys.executable, "-c", SCRIPT, str(workspace.root), str(starter), act, str(renames)]
    died = subprocess.run(command, check=False).returncode
    assert died == (-signal.SIGKILL if renames < (2 if act == "reset" else 3) else 0)
    workspace.open(LAB, starter)
    if code(workspace).read_text() != "mine":
        assert code(workspace).read_text() == "starter"
        assert workspace.undo_reset(LAB)
    assert code(workspace).read_text() == "mine"
    workspace.reset(LAB, starter)
    assert list((workspace.root / ".new").iterdir()) == []


def test_two_processes_open_a_lab_at_once(workspace: Workspace, starter: Path) -> None:
    """Both get the one copy; exactly one of them made it."""
    script = (
        "import sys; from pathlib import Path; from tutor.usecases.workspace import Workspace\n"
        f"sys.stdin.readline(); print(Workspace(Path({str(workspace.root)!r})).open({LAB!r}, Path({str(starter)!r})))"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert sorted(process.communicate()[0].strip() for process in processes) == ["False", "False", "False", "True"]
    assert code(workspace).read_text() == "starter"


def test_one_change_waits_for_another(workspace: Workspace, starter: Path) -> None:
    """While another process changes the workspace nothing is touched; when it has ended, the change is made."""
    workspace.open(LAB, starter)
    code(workspace).write_text("mine")
    with (workspace.root / ".lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        change = Thread(target=workspace.reset, args=(LAB, starter))
        change.start()
        change.join(0.3)
        assert code(workspace).read_text() == "mine"
    change.join()
    assert code(workspace).read_text() == "starter"


def test_a_link_out_of_the_workspace_is_not_followed(workspace: Workspace, starter: Path, tmp_path: Path) -> None:
    """A lab's folder that is a link to elsewhere is refused, and nothing is written there."""
    (workspace.root / "limits" / "every-limit").mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (workspace.root / LAB).symlink_to(elsewhere)
    with pytest.raises(UsageError, match="symbolic link"):
        workspace.reset(LAB, starter)
    assert list(elsewhere.iterdir()) == []


def test_a_workspace_that_is_a_link_itself_is_fine(starter: Path, tmp_path: Path) -> None:
    """The learner may keep the whole workspace elsewhere."""
    (tmp_path / "code").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "code")
    assert Workspace(tmp_path / "linked").open(LAB, starter)
    assert (tmp_path / "code" / LAB / "lambda_function.py").exists()


def test_a_link_inside_a_copy_is_not_listed_and_not_run(workspace: Workspace, starter: Path) -> None:
    """A file or folder that leads out of the copy is not shown, and running it is refused with its name."""
    workspace.open(LAB, starter)
    (workspace.folder(LAB) / "secret.txt").symlink_to("/etc/passwd")
    (workspace.folder(LAB) / "away").symlink_to("/etc")
    assert Path("secret.txt") not in workspace.files(LAB, ())
    assert not [path for path in workspace.files(LAB, ()) if path.parts[0] == "away"]
    with pytest.raises(UsageError, match="away is a symbolic link"):
        workspace.check(LAB)


def test_an_empty_copy_is_told(workspace: Workspace, starter: Path) -> None:
    """A folder without files cannot be run; the sentence says how to get the starter again."""
    workspace.open(LAB, starter)
    for name in workspace.files(LAB, ()):
        (workspace.folder(LAB) / name).unlink()
    with pytest.raises(UsageError, match="reset the lab"):
        workspace.check(LAB)


@pytest.mark.parametrize("lab_id", ["../../etc/x", "limits/every-limit", "a/b/../c", ".new/x/y", "/etc/x/y"])
def test_what_is_no_lab_id_is_refused(workspace: Workspace, lab_id: str) -> None:
    """No id leads anywhere but three folders down."""
    with pytest.raises(UsageError, match="is no lab"):
        workspace.begun(lab_id)


def test_a_workspace_that_cannot_be_written_is_told(starter: Path, tmp_path: Path) -> None:
    """A file where the workspace should be gives a sentence that names it and says what to do."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="set TUTOR_HOME"):
        Workspace(tmp_path / "file" / "workspace").open(LAB, starter)
    assert (tmp_path / "file").read_text() == "in the way"
