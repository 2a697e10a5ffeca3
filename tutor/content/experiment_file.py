"""An experiment as an author wrote it: looked at, never run here."""

from pathlib import Path

from tutor.content.python_file import read_python
from tutor.content.reading import Reading


def check_experiment(path: Path, reading: Reading) -> None:
    """Note what is wrong: no Python, no ``observe(stage, …)``, imports other than the standard library."""
    python = read_python(path, reading, standard_only="an experiment")
    if python is None:
        return
    file = reading.name(path)
    if "observe" not in python.functions:
        reading.say(file, 1, "", "an experiment needs a function observe(stage, **given)")
    elif not python.functions["observe"][1]:
        reading.say(file, python.functions["observe"][0], "", "observe takes the stage first: observe(stage, **given)")


def text_of(path: Path) -> str:
    """The experiment's text, "" where there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
