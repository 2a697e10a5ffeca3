"""``--network public`` is given where it can be held to public addresses, and refused with a sentence elsewhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutor.sandbox.public_network import lacking
from tutor.sandbox.tier import VARIABLE


@pytest.mark.parametrize("tier", ["namespaces", "portable"])
def test_where_the_means_are_missing_it_is_refused(tier: str, tmp_path: Path) -> None:
    """Exit 3 before anything runs, one sentence with what to do, nothing on stdout."""
    if not lacking(tier):
        pytest.skip(f"tier {tier}: it has the means")
    (tmp_path / "app.py").write_text("def handler(event, context): return 1")
    command = [sys.executable, "-m", "tutor", "invoke", str(tmp_path / "app.py"), "--network", "public"]
    refused = subprocess.run(command, capture_output=True, text=True, env={**os.environ, VARIABLE: tier}, check=False)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "--network public is not enforceable here" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
