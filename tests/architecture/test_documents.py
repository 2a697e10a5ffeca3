"""What the documents promise is there."""

import re
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, tracked_files
from tutor.cli import COMMANDS

MARKDOWN = [path for path in tracked_files() if path.suffix == ".md"]
WRITTEN = [path for path in MARKDOWN if path.stem.isupper() or path.parts[0] == "docs"]
_CODE = re.compile(r"```sh\n(.*?)```|`([^`\n]+)`", re.DOTALL)


def _code(path: Path) -> str:
    return "\n".join(block or inline for block, inline in _CODE.findall((ROOT / path).read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", WRITTEN, ids=str)
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link and picture of a document is a file of the repository."""
    text = (ROOT / path).read_text(encoding="utf-8")
    targets = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    assert not [link for link in targets if not (ROOT / path.parent / link).exists()]


@pytest.mark.parametrize("path", WRITTEN, ids=str)
def test_commands_exist(path: Path) -> None:
    """Every ``make`` target and ``tutor`` command that a document names can be called."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = _code(path)
    assert set(re.findall(r"\bmake ([a-z]+)", code)) <= targets
    assert set(re.findall(r"(?:^|[\s/])tutor ([a-z]+)", code)) <= set(COMMANDS)
