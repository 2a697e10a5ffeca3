"""Proofs as files: what ``tutor prove --record`` saw, kept beside the experiment."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tutor.errors import UsageError
from tutor.study.scenario import Proof, SeedProof


class BrokenProof(ValueError):
    """A proof file that cannot be read as a proof."""


def read_proof(path: Path) -> Proof | None:
    """The proof in ``path``, or None where there is none. Raises ``BrokenProof`` for a file that is no proof."""
    try:
        return _proof(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise BrokenProof(f"this is no proof, delete it and run tutor prove --record: {error}") from error


def write_proof(path: Path, proof: Proof) -> None:
    """Write ``proof`` to ``path`` in one step: keys sorted, two spaces, a newline at the end."""
    text = json.dumps(asdict(proof), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        raise UsageError(f"The proof cannot be written to {path}: {error.strerror}.") from error


def _proof(document: Mapping[str, Any]) -> Proof:
    return Proof(
        hash=_text(document["hash"]),
        date=_text(document["date"]),
        enforcement={name: _text(mechanism) for name, mechanism in document["enforcement"].items()},
        seeds=tuple(_seed(entry) for entry in document["seeds"]),
    )


def _seed(entry: Mapping[str, Any]) -> SeedProof:
    return SeedProof(
        given=dict(entry["given"].items()),
        observed={option: dict(seen.items()) for option, seen in entry["observed"].items()},
        key=tuple(_text(name) for name in entry["key"]),
        cost={option: float(cost) for option, cost in entry["cost"].items()},
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} should be a text")
    return value
