"""What is remembered, and what is said when it cannot be."""

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone
from pathlib import Path
from threading import Thread

import pytest

from tests.architecture.repository import ROOT
from tests.store.events import an_act, an_answer, an_attempt
from tutor.errors import StoreError
from tutor.store.memory import DatabaseMemory, open_memory
from tutor.store.tables import HEAD


def memory_in(folder: Path) -> DatabaseMemory:
    return open_memory(f"sqlite:///{folder / 'tutor.db'}")


def test_what_went_in_comes_out(tmp_path: Path) -> None:
    """Every field of every event is kept, order of the options and microseconds included, across a new opening."""
    memory = memory_in(tmp_path)
    memory.add_answer(an_answer())
    memory.add_lab_attempt(an_attempt())
    memory.add_act(an_act())
    memory.close()
    again = memory_in(tmp_path)
    assert again.answers() == (an_answer(),)
    assert again.lab_attempts() == (an_attempt(),)
    assert again.acts() == (an_act(),)


@pytest.mark.parametrize("end", ["memory.close()", "del memory", "sys.exit()"])
def test_the_end_leaves_one_file_and_no_open_connection(tmp_path: Path, end: str) -> None:
    """Closed, let go or at the program's end, the log is folded in: a home can be copied as it lies there."""
    script = (
        "import os, sys\nfrom tests.store.events import an_answer\nfrom tutor.store.memory import open_memory\n"
        "memory = open_memory(sys.argv[1])\nmemory.add_answer(an_answer())\n"
        f"print(os.listdir())\n{end}\nprint(os.listdir())"
    )
    command = [sys.executable, "-X", "dev", "-c", script, f"sqlite:///{tmp_path / 'tutor.db'}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment)
    assert "tutor.db-wal" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["tutor.db"]
    assert "ResourceWarning" not in done.stderr


def test_events_come_oldest_first(tmp_path: Path) -> None:
    """Events come in the order in which they were added."""
    memory = memory_in(tmp_path)
    for number in range(5):
        memory.add_answer(an_answer(number))
    assert [answer.seed for answer in memory.answers()] == [0, 1, 2, 3, 4]


def test_a_time_of_another_zone_is_kept_as_the_same_moment(tmp_path: Path) -> None:
    """A time that comes with another offset comes back as the same moment, in UTC."""
    from dataclasses import replace

    memory = memory_in(tmp_path)
    at = an_answer().answered_at.astimezone(timezone(timedelta(hours=5, minutes=30)))
    memory.add_answer(replace(an_answer(), answered_at=at))
    (kept,) = memory.answers()
    assert kept.answered_at == at
    assert kept.answered_at.utcoffset() == timedelta(0)


def test_a_database_that_is_not_there_reads_as_empty_and_is_not_made(tmp_path: Path) -> None:
    """Looking at the progress of a newcomer creates neither file nor folder."""
    memory = memory_in(tmp_path / "home")
    assert (memory.answers(), memory.lab_attempts(), memory.acts()) == ((), (), ())
    assert not (tmp_path / "home").exists()


def test_an_empty_file_reads_as_empty_and_can_be_written(tmp_path: Path) -> None:
    """A kill while the file was being made leaves no bytes in it: that is a new database."""
    (tmp_path / "tutor.db").touch()
    memory = memory_in(tmp_path)
    assert memory.answers() == ()
    memory.add_answer(an_answer())
    assert len(memory.answers()) == 1


def test_a_memory_without_a_file_works() -> None:
    """SQLite in memory keeps its events while it is open."""
    memory = open_memory("sqlite://")
    assert memory.answers() == ()
    memory.add_answer(an_answer())
    assert memory.answers() == (an_answer(),)


def test_a_memory_without_a_file_is_one_for_all_threads() -> None:
    """What a worker thread adds is what another one reads."""
    memory = open_memory("sqlite://")
    worker = Thread(target=memory.add_answer, args=(an_answer(),))
    worker.start()
    worker.join()
    assert memory.answers() == (an_answer(),)


@pytest.mark.parametrize("where", ["sqlite://", "sqlite:///{}/tutor.db"])
def test_threads_share_one_memory(tmp_path: Path, where: str) -> None:
    """Many worker threads may add and read at the same time; the first ones make the database."""
    memory = open_memory(where.format(tmp_path))

    def work(number: int) -> int:
        memory.add_answer(an_answer(number))
        return len(memory.answers())

    with ThreadPoolExecutor(8) as workers:
        assert min(workers.map(work, range(40))) >= 1
    assert sorted(answer.seed for answer in memory.answers()) == list(range(40))


def test_every_answer_is_synced_to_the_disk_when_it_returns(tmp_path: Path) -> None:
    """The write-ahead log is used, and each commit is synced (2 is FULL)."""
    memory = memory_in(tmp_path)
    memory.add_answer(an_answer())
    with memory._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_an_up_to_date_database_is_read_without_alembic(tmp_path: Path) -> None:
    """Opening costs no import of Alembic and none of the ORM once the database is at the present revision."""
    memory_in(tmp_path).add_answer(an_answer())
    script = (
        "import sys; from tutor.store.memory import open_memory\n"
        f"assert len(open_memory('sqlite:///{tmp_path / 'tutor.db'}').answers()) == 1\n"
        "print([name for name in ('alembic', 'sqlalchemy.orm') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_newer_database_is_refused_with_a_sentence_and_left_alone(tmp_path: Path) -> None:
    """A database from a newer version names the file, the version found and what to do; nothing in it changes."""
    memory = memory_in(tmp_path)
    memory.add_answer(an_answer())
    memory.close()
    file = tmp_path / "tutor.db"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for use in (lambda: memory_in(tmp_path).answers(), lambda: memory_in(tmp_path).add_answer(an_answer(1))):
        with pytest.raises(StoreError) as refusal:
            use()
        assert str(file) in str(refusal.value)
        assert "9999" in str(refusal.value)
        assert HEAD in str(refusal.value)
        assert "newer version" in str(refusal.value)
        assert refusal.value.exit_code == 2
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM answers").fetchone() == (1,)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    connection.close()


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    """A database with a table of ours that is not ours is not touched."""
    with sqlite3.connect(tmp_path / "tutor.db") as connection:
        connection.execute("CREATE TABLE answers (a)")
    connection.close()
    with pytest.raises(StoreError, match="not the tutor's database"):
        memory_in(tmp_path).add_answer(an_answer())


def test_a_file_that_is_no_database_is_told_and_kept(tmp_path: Path) -> None:
    """A damaged file is named with what to do, and its bytes stay."""
    file = tmp_path / "tutor.db"
    file.write_bytes(b"this is no database at all, but it is long enough to be one" * 20)
    before = file.read_bytes()
    for use in (lambda: memory_in(tmp_path).answers(), lambda: memory_in(tmp_path).add_answer(an_answer())):
        with pytest.raises(StoreError, match=r"tutor\.db is no SQLite database: move the file away"):
            use()
    assert file.read_bytes() == before


def test_damage_in_the_middle_is_told(tmp_path: Path) -> None:
    """Pages that were overwritten give a sentence, never a traceback of the driver's."""
    memory = memory_in(tmp_path)
    for number in range(50):
        memory.add_answer(an_answer(number))
    memory.close()
    file = tmp_path / "tutor.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\x99" * (len(whole) - 4096))
    with pytest.raises(StoreError, match="is damaged"):
        memory_in(tmp_path).answers()


def test_a_row_that_was_edited_by_hand_is_told(tmp_path: Path) -> None:
    """A list that is no JSON any more gives a sentence."""
    memory = memory_in(tmp_path)
    memory.add_answer(an_answer())
    memory.close()
    with sqlite3.connect(tmp_path / "tutor.db") as connection:
        connection.execute("UPDATE answers SET chosen = '[oops'")
    connection.close()
    with pytest.raises(StoreError, match=r"tutor\.db cannot be used"):
        memory_in(tmp_path).answers()


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    """A folder where the file should be gives a sentence that names it."""
    (tmp_path / "tutor.db").mkdir()
    for use in (lambda: memory_in(tmp_path).answers(), lambda: memory_in(tmp_path).add_answer(an_answer())):
        with pytest.raises(StoreError, match=r"tutor\.db cannot be opened"):
            use()


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file where the home should be: reading is empty, writing says what is in the way."""
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(StoreError, match=r"make its folder writable, or set TUTOR_HOME"):
        memory_in(tmp_path / "home").add_answer(an_answer())


def test_a_read_only_home_is_told(tmp_path: Path) -> None:
    """A database that may be read but not written gives a sentence for who writes."""
    memory_in(tmp_path).add_answer(an_answer())
    file = tmp_path / "tutor.db"
    memory = open_memory(f"sqlite:///file:{file}?mode=ro&uri=true")
    with pytest.raises(StoreError, match="cannot be written: make the file and its folder writable"):
        memory.add_answer(an_answer(1))


def test_a_database_that_another_process_does_not_let_go_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that never ends gives a sentence after the wait, and nothing is half written."""
    monkeypatch.setattr("tutor.store.engine.BUSY_SECONDS", 0.05)
    memory = memory_in(tmp_path)
    memory.add_answer(an_answer())
    other = sqlite3.connect(tmp_path / "tutor.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="is locked by another process"):
        memory.add_answer(an_answer(1))
    other.execute("ROLLBACK")
    other.close()
    memory.add_answer(an_answer(2))
    assert [answer.seed for answer in memory.answers()] == [0, 2]


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """When there is no room the sentence says so; what was saved before is there, and can be read."""
    memory = memory_in(tmp_path)
    memory.add_answer(an_answer())
    with memory._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        for number in range(1, 200):
            memory.add_answer(an_answer(number))

    with pytest.raises(StoreError, match="has no room left on its disk"):
        fill()
    kept = [answer.seed for answer in memory.answers()]
    assert kept == list(range(len(kept)))
    assert kept


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_home_of_somebody_else_is_told(tmp_path: Path) -> None:
    """An ordinary user in a home that is not theirs is told which file, and what to do."""
    memory_in(tmp_path / "home").add_answer(an_answer())
    for folder in (tmp_path / "home", *tmp_path.parents):
        folder.chmod(folder.stat().st_mode | 0o055)
    script = (
        "import os\nfrom tests.store.events import an_answer\nfrom tutor.store.memory import open_memory\n"
        "from tutor.errors import StoreError\n"
        f"memory = open_memory('sqlite:///{tmp_path / 'home' / 'tutor.db'}')\n"
        "memory._engine.connect().close(); memory.close()\n"
        "os.setuid(65534)\n"
        "try:\n    memory.add_answer(an_answer(1))\nexcept StoreError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "TUTOR_HOME" in done.stdout, done.stderr


@pytest.mark.parametrize(
    "url", ["", "nonsense", "wonder://somewhere/db", "postgresql://me:secret@host:port/db", "oracle+wonder://x"]
)
def test_a_url_that_sqlalchemy_does_not_know_is_told(url: str) -> None:
    """A wrong TUTOR_DATABASE_URL gives a sentence, without the password."""
    with pytest.raises(StoreError) as refusal:
        open_memory(url).answers()
    assert "TUTOR_DATABASE_URL" in str(refusal.value)
    assert "secret" not in str(refusal.value)
