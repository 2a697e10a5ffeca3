"""What the repository holds, and what it never holds."""

import re
from pathlib import Path

from tests.architecture.repository import ROOT, tracked_files

TOP_LEVEL = {
    *("pyproject.toml", "README.md", "tutor", "lessons", "scenarios", "tests", "data"),
    *("Makefile", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", ".ci", "docs", ".gitignore", "requirements.lock"),
}

# Put together from pieces, so that this file does not hold what it looks for.
_HOSTS = [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("debian", "org")]
_BEGIN = r"(?<![\w.}])"
ELSEWHERE = "|".join([re.escape(".".join(host)) for host in _HOSTS] + [f"{_BEGIN}/{top}/" for top in ("work", "root")])


def _text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def test_the_top_level_is_what_the_design_names() -> None:
    """Nothing lies at the top of the repository that neither the product nor a tool's convention asks for."""
    assert {path.parts[0] for path in tracked_files()} == TOP_LEVEL


def test_no_file_names_a_place_of_one_machine() -> None:
    """No tracked file holds a path of the machine it was written on, nor the host of a package registry."""
    places = [place for place in (ROOT, Path.home()) if len(place.parts) > 2]
    pattern = re.compile("|".join([ELSEWHERE, *(rf"{_BEGIN}{re.escape(str(place))}(?![\w-])" for place in places)]))
    found = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path in tracked_files()
        for number, line in enumerate(_text(path).splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_lock_names_packages_and_hashes_and_no_address() -> None:
    """requirements.lock can be installed from any index: names, versions, markers and hashes, nothing else."""
    entry = re.compile(r"[a-z0-9][a-z0-9.-]*==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    strange = [line for line in _text(Path("requirements.lock")).splitlines() if not entry.fullmatch(line)]
    assert not strange
    assert "hatchling==" in _text(Path("requirements.lock"))
