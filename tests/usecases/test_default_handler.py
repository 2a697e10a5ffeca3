"""The handler that ``tutor invoke`` takes where none is named."""

import zipfile
from pathlib import Path

import pytest

from tutor.usecases.invoke_function import default_handler


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("app.py", "def handler(e, c): ...", "app.handler"),
        ("app.py", "def other(e, c): ...", "app.lambda_handler"),
        ("app.mjs", "export const handler = 1", "app.handler"),
        ("app.cjs", "", "app.handler"),
    ],
)
def test_of_a_file(tmp_path: Path, name: str, text: str, expected: str) -> None:
    """``handler`` where the module has it, ``lambda_handler`` where not; of JavaScript always ``handler``."""
    (tmp_path / name).write_text(text)
    assert default_handler(tmp_path / name) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["lambda_function.py", "index.mjs"], "lambda_function.lambda_handler"),
        (["handler.py", "index.mjs"], "handler.handler"),
        (["index.mjs", "package.json"], "index.handler"),
        (["index.js"], "index.handler"),
        (["bootstrap"], "handler.handler"),
    ],
)
def test_of_a_folder_and_a_zip(tmp_path: Path, names: list[str], expected: str) -> None:
    """Python's names first, then Node.js' own; the same inside a zip."""
    folder, archive = tmp_path / "folder", tmp_path / "code.zip"
    folder.mkdir()
    with zipfile.ZipFile(archive, "w") as package:
        for name in names:
            (folder / name).write_text("")
            package.writestr(name, "")
    assert default_handler(folder) == default_handler(archive) == expected
