"""A claim: the sentence and how it is known."""

from pathlib import Path

from tests.tui.walk import walking
from tutor.tui.screens.claim import ClaimScreen


async def test_a_proven_claim_shows_its_proof(tmp_path: Path) -> None:
    """Promise: sentence, source, date, older notes, the recorded observation and where it is taught."""
    async with walking(tmp_path) as walk:
        walk.app.push_screen(ClaimScreen("LIM-005"))
        await walk.settle()
        for seen in (
            "A function is stopped at its timeout",
            "✓ a run, recorded on 2026-11-20",
            "status timeout · billed_ms 1,000 ·run",
            "https://docs.aws.amazon.com/lambda/",
            "Older notes say that finally still runs",
            "1.1 Every limit",
        ):
            assert seen in walk.words
