"""The learner's own editor: named by the environment, started as it is named."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from tutor.tui.external_editor import ExternalEditor


class Terminal:
    """Stands for an app that can step aside."""

    def suspend(self) -> AbstractContextManager[None]:
        return nullcontext()


def edit(editor: ExternalEditor | None, path: Path) -> str:
    """Edit with the editor that must be there."""
    assert editor is not None
    app: Any = Terminal()
    return editor.edit(app, path)


def test_visual_comes_before_editor_and_keeps_its_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: the editor is started with its own arguments and then the file."""
    script = tmp_path / "my editor"
    script.write_text('#!/bin/sh\nprintf "%s" "$1" > "$2"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", f"'{script}' --wait")
    monkeypatch.setenv("EDITOR", "false")
    file = tmp_path / "handler.py"
    editor = ExternalEditor.from_environment()
    assert edit(editor, file) == ""
    assert file.read_text(encoding="utf-8") == "--wait"


def test_a_missing_editor_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: a name that leads nowhere is said, with what happens instead."""
    monkeypatch.setenv("EDITOR", "no-such-editor")
    told = edit(ExternalEditor.from_environment(), tmp_path / "handler.py")
    assert told == "no-such-editor could not be started (No such file or directory); here is the built-in editor."


def test_without_a_name_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: no name, and a name that no shell could read, mean the built-in editor."""
    assert ExternalEditor.from_environment() is None
    monkeypatch.setenv("EDITOR", "'unclosed")
    assert ExternalEditor.from_environment() is None
