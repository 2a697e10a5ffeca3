"""What is found of a host: the switches that close namespaces have their cures, and every mechanism has its reason."""

from pathlib import Path

import pytest

from tutor.awslambda.quotas import Quotas
from tutor.sandbox import host
from tutor.sandbox.portable_cell import mechanisms
from tutor.sandbox.tier import VARIABLE, lacking


@pytest.mark.parametrize("switch", host._SWITCHES)
def test_a_closed_switch_has_its_cure(switch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary user without namespaces is told the one command that opens the switch that is closed."""
    closed, command = host._SWITCHES[switch]
    file = tmp_path / "switch"
    file.write_text(closed + "\n")
    monkeypatch.setattr(host, "_SWITCHES", {str(file): (closed, command)})
    monkeypatch.setattr(host, "lacking", lambda: "no namespaces")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert host._cure("portable") == command
    file.write_text("17\n")
    assert host._cure("portable") == "Use a Linux host (or virtual machine) on which user namespaces are allowed."


def test_every_mechanism_has_its_reason() -> None:
    """Whatever the portable tier says of a limit, the doctor can explain it."""
    for own_user in (True, False):
        for limit, mechanism in mechanisms(own_user=own_user).items():
            assert mechanism in host._WHY[limit], limit


def test_a_forced_portable_tier_is_cured_by_letting_go(quotas: Quotas, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who forced it on a host with namespaces is told how to undo that."""
    if lacking():
        pytest.skip(lacking())
    monkeypatch.setenv(VARIABLE, "portable")
    found = host.examine(quotas)
    assert [tier.name for tier in found.tiers] == ["portable"]
    assert {finding.cure for finding in found.tiers[0].findings} == {"", "unset TUTOR_SANDBOX"}
