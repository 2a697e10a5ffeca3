"""Where things lie: the shipped content, and the one folder that the learner owns.

``TUTOR_HOME`` moves the learner's folder; ``TUTOR_DATABASE_URL`` points the store elsewhere.
Nothing is created here: who writes, makes the folder.
"""

import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def content_root() -> Path:
    """The folder that holds ``lessons/``, ``scenarios/`` and ``data/``: in the wheel, else the repository."""
    shipped = PACKAGE / "_shipped"
    return shipped if shipped.is_dir() else PACKAGE.parent


def home() -> Path:
    """The learner's folder: ``TUTOR_HOME``, else the platform's place for user data."""
    chosen = os.environ.get("TUTOR_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "tutor"
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "tutor"


def workspace() -> Path:
    """Where the learner's own copies of the labs lie, as plain files: ``<unit>/<lesson>/<lab>/``."""
    return home() / "workspace"


def imported() -> Path:
    """Where questions that were imported are kept."""
    return home() / "imported"


def regions() -> Path:
    """Where regions keep what was made in them, a folder for each name."""
    return home() / "regions"


def cache() -> Path:
    """What can be made again at any time (the course index)."""
    return home() / "cache"


def logs() -> Path:
    """The tutor's own log files."""
    return home() / "logs"


def database_url() -> str:
    """The store's SQLAlchemy URL: ``TUTOR_DATABASE_URL``, else SQLite in the learner's folder."""
    return os.environ.get("TUTOR_DATABASE_URL") or f"sqlite:///{home() / 'tutor.db'}"
