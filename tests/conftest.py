"""What every test gets: a home of its own, so that none ever touches the learner's."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty ``TUTOR_HOME`` (not yet made), the default database in it, and no AWS settings of the host's."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TUTOR_HOME", str(folder))
    for name in ("TUTOR_DATABASE_URL", "AWS_PROFILE", "AWS_ENDPOINT_URL", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """What tests start can be interrupted, also where the suite runs in a shell's background and cannot itself."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, before)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--wide`` runs what takes minutes too: every experiment of the course, and far more random input."""
    parser.addoption("--wide", action="store_true", help="run the tests marked wide too, and more examples (minutes)")


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers; make properties depend on neither luck nor speed, and ``--wide`` try new examples each time."""
    config.addinivalue_line("markers", "wide: takes minutes; run with --wide")
    config.addinivalue_line("markers", "alone: looks at processors and moments; not beside other tests")
    settings.register_profile(
        "suite",
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        derandomize=not config.getoption("--wide"),
        max_examples=1000 if config.getoption("--wide") else 100,
    )
    settings.load_profile("suite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked wide, and say so, unless ``--wide`` asks for it."""
    if config.getoption("--wide"):
        return
    for item in items:
        if "wide" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="takes minutes: --wide"))
