"""The bank of questions without their texts, kept as JSON: an exam is composed from it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.content.stamped import Stamps, read_stamped, stamps, write_stamped
from tutor.study.paper import BankEntry

if TYPE_CHECKING:
    from tutor.content.scenario import ScenarioFile


def read_bank(cache: Path, root: Path) -> tuple[BankEntry, ...] | None:
    """The bank of ``root`` as it was kept, or None where it must be made anew."""
    content = read_stamped(cache / "bank.json")
    if content is None or content["root"] != str(root):
        return None
    return tuple(_entry(row) for row in content["bank"])


def write_bank(cache: Path, root: Path, bank: Iterable[BankEntry], made_from: Stamps) -> None:
    """Keep the bank, made from the files of these stamps."""
    write_stamped(cache / "bank.json", made_from, {"root": str(root), "bank": [asdict(entry) for entry in bank]})


def bank_stamps(root: Path) -> Stamps:
    """The stamps of every question's file, and of the folders, which change when one comes or goes."""
    scenarios = root / "scenarios"
    topics = sorted(path for path in scenarios.glob("*") if path.is_dir())
    return stamps([scenarios, *topics, *sorted(scenarios.glob("*/*/scenario.yaml"))])


def entry_of(file: "ScenarioFile") -> BankEntry:
    """What composing needs to know of a question."""
    return BankEntry(
        id=file.id,
        topic=file.id.partition("/")[0],
        claims=tuple(node.value for node in file.claims),
        domains=file.covered,
        difficulty=file.difficulty,
        seeds=max(1, len(file.seeds)),
        options=tuple(option.id.value for option in file.options),
        choose=file.choose,
    )


def _entry(row: Mapping[str, Any]) -> BankEntry:
    return BankEntry(**{**row, "claims": tuple(row["claims"]), "options": tuple(row["options"])})
