"""From older databases to the present one, with every row kept."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

from tests.store.events import an_act, an_answer
from tutor.errors import StoreError
from tutor.store.memory import DatabaseMemory, open_memory
from tutor.store.migration import SCRIPTS, Migration
from tutor.store.tables import HEAD, metadata

NEXT = '''
"""A revision of tomorrow."""

import sqlalchemy as sa
from alembic import op

revision = "tomorrow"
down_revision = "HEAD"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("forecasts", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("acts", sa.Column("weather", sa.String(16)))
    BROKEN
'''


def tomorrow(tmp_path: Path, broken: bool = False) -> Path:
    """A copy of the scripts with one revision more, which may fail in its last step."""
    scripts = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    last = 'raise ValueError("boom")' if broken else ""
    (scripts / "versions" / "tomorrow.py").write_text(NEXT.replace("HEAD", HEAD).replace("BROKEN", last))
    return scripts


def memory_of_tomorrow(tmp_path: Path, scripts: Path) -> DatabaseMemory:
    return DatabaseMemory(
        make_url(f"sqlite:///{tmp_path / 'tutor.db'}"), Migration("The database", scripts, "tomorrow")
    )


def test_the_head_is_the_newest_script() -> None:
    """The constant that spares Alembic's import is the scripts' one head, and there is one way to it."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_scripts_make_the_tables(tmp_path: Path) -> None:
    """What the scripts make is what the code expects: no table, column, type or index differs."""
    memory = open_memory(f"sqlite:///{tmp_path / 'tutor.db'}")
    memory.add_answer(an_answer())
    with memory._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_an_older_database_is_upgraded_with_its_rows_kept(tmp_path: Path) -> None:
    """A database of today meets the tutor of tomorrow: it is brought up, and nothing in it is lost."""
    today = open_memory(f"sqlite:///{tmp_path / 'tutor.db'}")
    today.add_answer(an_answer(1))
    today.add_act(an_act(2))
    today.close()
    later = memory_of_tomorrow(tmp_path, tomorrow(tmp_path))
    assert later.answers() == (an_answer(1),)
    with sqlite3.connect(tmp_path / "tutor.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("tomorrow",)]
        assert connection.execute("SELECT detail, weather FROM acts").fetchall() == [("2", None)]
    connection.close()


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    """All of an upgrade or nothing of it: today's tutor can still use the database."""
    today = open_memory(f"sqlite:///{tmp_path / 'tutor.db'}")
    today.add_answer(an_answer())
    today.close()
    later = memory_of_tomorrow(tmp_path, tomorrow(tmp_path, broken=True))
    with pytest.raises(StoreError, match="boom"):
        later.answers()
    later.close()
    again = open_memory(f"sqlite:///{tmp_path / 'tutor.db'}")
    again.add_answer(an_answer(1))
    assert len(again.answers()) == 2
    with sqlite3.connect(tmp_path / "tutor.db") as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert "forecasts" not in tables
