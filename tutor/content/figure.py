"""Figures: the dated numbers of ``data/quotas.yaml`` and ``data/pricing.yaml``, each with unit, source and history.

They are kept as JSON beside the files' stamps, since reading YAML takes longer than starting a function.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tutor.content.stamped import read_stamped, stamps, write_stamped
from tutor.errors import ContentError, Problem

Number = int | float


@dataclass(frozen=True)
class Past:
    """A value that a figure had before; ``until`` is the ISO date of its end, None where that is not known."""

    value: Number
    until: str | None = None


@dataclass(frozen=True)
class Figure:
    """One number with its unit, the ISO date it was looked up, the URL that says so, and what it was before."""

    value: Number
    unit: str
    as_of: str
    source: str
    history: tuple[Past, ...] = ()
    verified: bool = True


@dataclass(frozen=True)
class Figures:
    """All figures of one file by name, and what is wrong with those that could not be read."""

    file: str
    by_name: Mapping[str, Figure]
    problems: tuple[Problem, ...]

    def values(self, names: Mapping[str, type]) -> dict[str, Number]:
        """The bare values of ``names`` (name to int or float). Raises ``ContentError`` with all that are missing."""
        missing = {name: kind for name, kind in names.items() if not self._has(name, kind)}
        wrong = [Problem(self.file, 1, name, self._complaint(kind)) for name, kind in missing.items()]
        if wrong:
            raise ContentError([*self.problems, *wrong])
        return {name: self.by_name[name].value for name in names}

    def _has(self, name: str, kind: type) -> bool:
        figure = self.by_name.get(name)
        return figure is not None and (kind is float or isinstance(figure.value, int))

    def _complaint(self, kind: type) -> str:
        return "the program needs this key, with a whole number" if kind is int else "the program needs this key"


def read_figures(root: Path, name: str, cache: Path) -> Figures:
    """The figures in ``data/<name>.yaml`` under ``root``; what is wrong is told in ``problems``, never raised."""
    kept = cache / f"{name}.json"
    content = read_stamped(kept)
    source = root / "data" / f"{name}.yaml"
    if content is not None and content["source"] == str(source):
        return _thaw(content)
    from tutor.content.figures_file import parse_figures

    made_from = stamps([source])
    figures = parse_figures(source, f"data/{name}.yaml")
    write_stamped(kept, made_from, {"source": str(source), **_freeze(figures)})
    return figures


def _freeze(figures: Figures) -> dict[str, Any]:
    return {
        "file": figures.file,
        "figures": {name: asdict(figure) for name, figure in figures.by_name.items()},
        "problems": [asdict(problem) for problem in figures.problems],
    }


def _thaw(content: Mapping[str, Any]) -> Figures:
    figures = {
        name: Figure(**{**row, "history": tuple(Past(**past) for past in row["history"])})
        for name, row in content["figures"].items()
    }
    return Figures(content["file"], figures, tuple(Problem(**problem) for problem in content["problems"]))
