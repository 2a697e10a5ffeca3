"""Watching a folder, both ways."""

import threading
from pathlib import Path

import pytest

from tutor.tui.watch import EVENTS, LOOKING, Watch


@pytest.mark.parametrize("mode", [EVENTS, LOOKING])
def test_a_change_is_told_and_the_mode_is_named(tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: with file events or without, a saved file is noticed, and it is known which way."""
    changed, ready, modes = threading.Event(), threading.Event(), []
    if mode == LOOKING:
        monkeypatch.setattr("watchfiles.watch", broken)

    def moded(told: str) -> None:
        modes.append(told)
        ready.set()

    (tmp_path / "handler.py").write_text("1", encoding="utf-8")
    watch = Watch(tmp_path, changed.set, moded)
    assert ready.wait(30)
    for number in range(300):
        (tmp_path / "handler.py").write_text(str(number), encoding="utf-8")
        if changed.wait(0.1):
            break
    watch.stop()
    assert changed.is_set()
    assert modes[-1] == mode


def broken(*arguments: object, **more: object) -> None:
    """A host whose file events are used up."""
    raise OSError(28, "no more watches")
