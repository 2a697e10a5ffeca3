"""Bring a database to the present revision. Alembic is imported only when there is something to do."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from tutor.errors import StoreError
from tutor.store.tables import HEAD, VERSION_TABLE, metadata

SCRIPTS = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class Migration:
    """The way to ``head`` by the scripts in ``scripts``; ``name`` is what the database is called in a sentence."""

    name: str
    scripts: Path = SCRIPTS
    head: str = HEAD

    def revision(self, connection: Connection) -> str | None:
        """The revision that the database is at; None for one that has none of our tables yet."""
        if inspect(connection).has_table(VERSION_TABLE):
            found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
            if found is not None:
                return str(found)
        return None

    def upgrade(self, connection: Connection) -> None:
        """Run the scripts that are missing, inside the caller's transaction. Nothing is done at the head.

        Raises ``StoreError`` for a database from a newer version, and for one that is not the tutor's.
        """
        found = self.revision(connection)
        if found == self.head:
            return
        if found is None:
            self._check_empty(connection)
        self._run(connection, found)

    def _check_empty(self, connection: Connection) -> None:
        taken = sorted(set(inspect(connection).get_table_names()) & set(metadata.tables))
        if taken:
            raise StoreError(
                f"{self.name} has a table named {taken[0]!r} but is not the tutor's database: "
                "set TUTOR_DATABASE_URL or TUTOR_HOME to another place."
            )

    def _run(self, connection: Connection, found: str | None) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(self.scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
        if found is not None and found not in known:
            raise StoreError(
                f"{self.name} was written by a newer version of the tutor (revision {found}; this version "
                f"knows {self.head}): install that version again, or set TUTOR_HOME or TUTOR_DATABASE_URL to another "
                "place. Nothing in it was changed."
            )
        command.upgrade(config, self.head)
