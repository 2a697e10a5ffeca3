"""The exams, kept as JSON for as long as their files stay the same: reading YAML takes longer than opening the room."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tutor.content.stamped import Stamps, read_stamped, stamps, write_stamped
from tutor.study.blueprint import Blueprint, ContentDomain


def exam_stamps(root: Path) -> Stamps:
    """The stamps of every exam's file, and of their folder, which changes when one comes or goes."""
    folder = root / "data" / "blueprints"
    return stamps([folder, *sorted(folder.glob("*.yaml"))])


def read_exams(cache: Path, root: Path) -> Mapping[str, Blueprint] | None:
    """The exams of ``root`` as they were kept, or None where they must be read anew."""
    content = read_stamped(cache / "exams.json")
    if content is None or content["root"] != str(root):
        return None
    try:
        return {row["name"]: _blueprint(row) for row in content["exams"]}
    except (LookupError, TypeError, ValueError):  # kept by a version whose exams had other members
        return None


def write_exams(cache: Path, root: Path, exams: Mapping[str, Blueprint], made_from: Stamps) -> None:
    """Keep the exams, made from the files of these stamps."""
    content = {"root": str(root), "exams": [asdict(exam) for exam in exams.values()]}
    write_stamped(cache / "exams.json", made_from, content)


def _blueprint(row: Mapping[str, Any]) -> Blueprint:
    least, most = row["scale"]
    domains = tuple(ContentDomain(**domain) for domain in row["domains"])
    return Blueprint(**{**row, "scale": (least, most), "domains": domains})
