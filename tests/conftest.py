"""What every test gets: a home of its own, so that none ever touches the learner's."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty ``TUTOR_HOME`` (not yet made), the default database in it, and no AWS settings of the host's."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TUTOR_HOME", str(folder))
    for name in ("TUTOR_DATABASE_URL", "AWS_PROFILE", "AWS_ENDPOINT_URL", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    return folder
