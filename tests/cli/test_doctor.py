"""``tutor doctor``: every limit of every tier that this host has, with the mechanism or the cure."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tutor.sandbox.tier import VARIABLE, lacking

LIMITS = [
    "memory", "cpu", "timeout", "ephemeral_storage", "file_system", "file_descriptors", "processes", "network",
    "environment", "payload",
]  # fmt: skip
MECHANISMS = {
    "cgroup-v2",
    "cgroup-v1",
    "namespace",
    "rlimit",
    "seccomp",
    "watchdog",
    "supervisor",
    "none",
}


def tutor(*arguments: str, tier: str) -> "subprocess.CompletedProcess[str]":
    """The command as a person gives it, in a forced tier."""
    command = [sys.executable, "-m", "tutor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, VARIABLE: tier}, check=False)


@pytest.fixture(params=["namespaces", "portable"])
def tier(request: pytest.FixtureRequest) -> str:
    """Every tier that this host offers; one that it does not is told with the reason."""
    if request.param == "namespaces" and lacking():
        pytest.skip(f"tier namespaces: {lacking()}")
    return str(request.param)


def objects(tier: str) -> list[dict[str, Any]]:
    """What ``--json`` prints."""
    told = tutor("doctor", "--json", tier=tier)
    assert told.returncode == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_one_object_per_limit(tier: str) -> None:
    """Id, status, mechanism, why and cure of each limit; what is not enforced has a cure, what is has a mechanism."""
    found = objects(tier)
    assert sorted(one["id"] for one in found) == sorted(LIMITS)
    for one in found:
        assert one["tier"] == tier
        assert one["mechanism"] in MECHANISMS
        assert one["why"]
        assert (one["status"], bool(one["cure"])) == (
            ("not enforceable here", True) if one["mechanism"] == "none" else ("enforced", False)
        )


def test_it_says_how_many_cores_there_are(tier: str) -> None:
    """Cores beyond the host's are said: "2 of 6 vCPU"."""
    cpu = next(one for one in objects(tier) if one["id"] == "cpu")
    assert f"{min(6, len(os.sched_getaffinity(0)))} of 6 vCPU" in cpu["why"]


def test_the_tiers_are_told_apart(tier: str) -> None:
    """Where namespaces are used, the portable tier stands beside them, and claims neither file system nor /tmp."""
    for one in objects(tier):
        expected = ["namespaces", "portable"] if tier == "namespaces" else ["portable"]
        assert list(one["tiers"]) == expected
        if one["id"] in ("file_system", "ephemeral_storage"):
            assert one["tiers"]["portable"]["status"] == "not enforceable here"


def test_it_says_what_invoke_says(tier: str, tmp_path: Any) -> None:
    """The mechanisms of the doctor are those of an invocation's Enforcement."""
    (tmp_path / "app.py").write_text("def handler(event, context): return 1")
    line = json.loads(tutor("invoke", str(tmp_path / "app.py"), "--json", tier=tier).stdout)
    assert line["Enforcement"] == {one["id"]: one["mechanism"] for one in objects(tier)}


def test_a_person_reads_tiers_programs_and_cures() -> None:
    """Data on stdout, the cure on stderr; the help names the variable that forces a tier."""
    told = tutor("doctor", tier="portable")
    assert "Tier: portable (used here)" in told.stdout
    assert f"python3.{sys.version_info[1]}" in told.stdout
    assert "curl" in told.stdout
    assert "node" in told.stdout
    assert told.stderr.count("Cure: ") == 1
    assert VARIABLE in tutor("doctor", "--help", tier="").stdout


def test_a_tier_that_is_none_is_wrong_usage() -> None:
    """One sentence, exit 2."""
    told = tutor("doctor", tier="docker")
    assert (told.returncode, told.stdout) == (2, "")
    assert "TUTOR_SANDBOX is 'docker': it can be namespaces or portable" in told.stderr
    assert "Traceback" not in told.stderr
