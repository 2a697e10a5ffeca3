"""``tutor prove``: what is printed where, and the exit codes."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest

from tutor.cli import main
from tutor.errors import UsageError
from tutor.usecases.prove import Finding, Item, Status


@dataclass
class Scripted:
    """Stands in for the use case: these findings, in order."""

    findings: Sequence[Finding]
    interrupted: bool = False
    asked: Sequence[str] = ()
    recorded: bool = False

    def items(self, names: Sequence[str]) -> tuple[Item, ...]:
        self.asked = names
        if "nothing" in names:
            raise UsageError("There is no claim, question or topic 'nothing'.")
        return tuple(Item("scenario", (finding.id,)) for finding in self.findings)

    def run(self, items: Sequence[Item], record: bool, begun: Callable[[Item], None]) -> Iterator[Finding]:
        self.recorded = record
        for item, finding in zip(items, self.findings, strict=True):
            begun(item)
            yield finding
        if self.interrupted:
            raise KeyboardInterrupt


def found(*statuses: Status) -> list[Finding]:
    return [
        Finding(f"limits/q{number}", status, "because", ("n was 1 and is 2",)) for number, status in enumerate(statuses)
    ]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scripted]:
    """Puts a scripted use case where the command looks for it."""

    def put(findings: Sequence[Finding], interrupted: bool = False) -> Scripted:
        scripted = Scripted(findings, interrupted)
        monkeypatch.setattr("tutor.wiring.Tutor.prove", scripted)
        return scripted

    return put


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ((), 0),
        (("proven", "recorded", "unproven"), 0),
        (("proven", "difference"), 1),
        (("proven", "not enforceable here"), 3),
        (("not enforceable here", "difference", "not enforceable here"), 1),
    ],
)
def test_the_worst_finding_decides_the_exit_code(
    script: Callable[..., Scripted], statuses: Sequence[Status], code: int
) -> None:
    """1 for a difference wins over 3 for what this host cannot enforce; all else is 0."""
    script(found(*statuses))
    assert main(["prove", "--all"]) == code


def test_json_is_one_object_per_finding(script: Callable[..., Scripted], capsys: pytest.CaptureFixture[str]) -> None:
    """Data goes to stdout, with id, status and why; narration goes to stderr."""
    script(found("proven", "difference"))
    main(["prove", "limits", "--json"])
    out, err = capsys.readouterr()
    first, second = (json.loads(line) for line in out.splitlines())
    assert first == {"id": "limits/q0", "status": "proven", "why": "because", "moved": ["n was 1 and is 2"]}
    assert second["status"] == "difference"
    assert err.splitlines() == ["1/2  limits/q0", "2/2  limits/q1"]


def test_text_tells_what_moved(script: Callable[..., Scripted], capsys: pytest.CaptureFixture[str]) -> None:
    """A person reads id, status, reason, and each moved measurement on a line of its own."""
    script(found("proven"))
    main(["prove"])
    assert capsys.readouterr().out == "limits/q0  proven: because\n    moved: n was 1 and is 2\n"


def test_record_and_ids_are_handed_on(script: Callable[..., Scripted]) -> None:
    """What was asked for is what is done."""
    scripted = script(found("recorded"))
    main(["prove", "LIM-005", "limits", "--record"])
    assert scripted.asked == ["LIM-005", "limits"]
    assert scripted.recorded


def test_ids_and_all_are_not_both(script: Callable[..., Scripted], capsys: pytest.CaptureFixture[str]) -> None:
    """A contradiction is bad usage, and nothing runs."""
    scripted = script(found("proven"))
    assert main(["prove", "LIM-005", "--all"]) == 2
    assert "not both" in capsys.readouterr().err
    assert scripted.asked == ()


def test_an_unknown_id_is_bad_usage(script: Callable[..., Scripted], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, one sentence, no traceback."""
    script([])
    assert main(["prove", "nothing"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1


def test_an_interruption_is_130(script: Callable[..., Scripted]) -> None:
    """Ctrl+C ends it with the code of an interruption."""
    script(found("proven"), interrupted=True)
    assert main(["prove", "--all"]) == 130
