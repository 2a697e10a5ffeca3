"""The repository as the tests see it."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "tutor"

_MADE = {".git", ".venv", "__pycache__", "build", "dist", ".hypothesis", "snapshot_report.html"}


def tracked_files() -> tuple[Path, ...]:
    """Every file of the repository, relative to its top: what git knows, or what lies there where git is absent."""
    try:
        listed = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return tuple(path for path in _walk() if not path.parts[0].endswith("_cache"))
    return tuple(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file())


def _walk() -> list[Path]:
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [path for path in found if not _MADE.intersection(path.parts)]


def modules() -> tuple[Path, ...]:
    """Every Python file of the package."""
    return tuple(sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts))
