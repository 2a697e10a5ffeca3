"""The learner's own editor, as ``$VISUAL`` or ``$EDITOR`` names it; the app steps aside while it runs."""

import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from textual.app import App, SuspendNotSupported


@dataclass(frozen=True)
class ExternalEditor:
    """``command`` is the program and its own arguments."""

    command: tuple[str, ...]

    @classmethod
    def from_environment(cls) -> "ExternalEditor | None":
        """The named editor; None where none is named, or its name cannot be read."""
        try:
            command = tuple(shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""))
        except ValueError:
            return None
        return cls(command) if command else None

    @property
    def name(self) -> str:
        """What the key's word says."""
        return f"edit in {Path(self.command[0]).name}"

    def edit(self, app: App[None], path: Path) -> str:
        """Edit the file; returns when the editor is closed. A sentence where that did not work, else nothing."""
        try:
            with app.suspend():
                subprocess.run([*self.command, str(path)], cwd=path.parent, check=False)
        except SuspendNotSupported:
            return "This terminal cannot be lent to another editor; here is the built-in one."
        except OSError as error:
            return f"{self.command[0]} could not be started ({error.strerror}); here is the built-in editor."
        return ""
