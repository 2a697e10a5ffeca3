"""What a region keeps survives a kill at any moment, and is one process's at a time."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tutor.errors import StoreError
from tutor.region.state import State

_WRITER = """
import sys
from pathlib import Path
from tutor.region.state import State
state = State(Path(sys.argv[1]))
number = 0
while True:
    with state.transaction():
        state.put("left", f"{number:06}", {"number": number})
        state.put("right", f"{number:06}", {"number": number})
    print(number, flush=True)
    number += 1
"""


def test_documents_come_back_after_a_restart(tmp_path: Path) -> None:
    """What was put is there again, what was deleted is not, and keys come in their order."""
    state = State(tmp_path / "one")
    for key in ("us-east-1/b", "us-east-1/a", "eu-west-1/c"):
        state.put("function", key, {"key": key})
    state.delete("function", "us-east-1/b")
    state.close()
    state = State(tmp_path / "one")
    assert [key for key, _ in state.items("function")] == ["eu-west-1/c", "us-east-1/a"]
    assert state.items("function", "us-") == [("us-east-1/a", {"key": "us-east-1/a"})]
    assert state.get("function", "us-east-1/b") is None
    state.close()


def test_a_transaction_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    """An exception leaves the documents as they were, in memory and on disk."""
    state = State(tmp_path / "one")
    state.put("alias", "a", {"version": 1})

    def change() -> None:
        with state.transaction():
            state.put("alias", "a", {"version": 2})
            state.put("alias", "b", {"version": 2})
            state.delete("alias", "a")
            raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        change()
    assert state.items("alias") == [("a", {"version": 1})]
    state.close()
    state = State(tmp_path / "one")
    assert state.items("alias") == [("a", {"version": 1})]
    state.close()


def test_a_kill_loses_nothing_that_was_told(tmp_path: Path) -> None:
    """After SIGKILL in the middle of writing, all told is there and both halves of each transaction agree."""
    folder = tmp_path / "one"
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(50)][-1]
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    state = State(folder)
    left, right = state.items("left"), state.items("right")
    assert left == right
    assert len(left) > told
    state.close()


def test_a_folder_belongs_to_one_process(tmp_path: Path) -> None:
    """A second opening is refused with a sentence that names the region and the way out."""
    state = State(tmp_path / "mine")
    with pytest.raises(StoreError, match="'mine' is in use"):
        State(tmp_path / "mine")
    state.close()
    State(tmp_path / "mine").close()


def test_a_newer_or_damaged_state_is_refused(tmp_path: Path) -> None:
    """State of a newer version, or what is no database, is told and left as it is."""
    State(tmp_path / "newer").close()
    with sqlite3.connect(tmp_path / "newer" / "state.db") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StoreError, match="newer tutor"):
        State(tmp_path / "newer")
    State(tmp_path / "broken").close()
    (tmp_path / "broken" / "state.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="cannot be read"):
        State(tmp_path / "broken")


def test_blobs_lie_under_their_hash(tmp_path: Path) -> None:
    """Equal bytes are kept once, and under the name that tells what they are."""
    state = State(tmp_path / "one")
    name = state.keep_blob(b"zip")
    assert state.keep_blob(b"zip") == name
    assert state.blob(name).read_bytes() == b"zip"
    assert [path.name for path in state.folder.joinpath("blobs").iterdir()] == [f"{name}.zip"]
    state.close()
