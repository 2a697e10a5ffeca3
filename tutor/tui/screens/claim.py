"""A claim: the sentence, its source, how it is known, and where it is taught."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.screens.page import Page
from tutor.tui.steps import number_of
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.drawing import Drawing, Lines, hanging
from tutor.tui.widgets.inline import inline
from tutor.tui.widgets.options import observed_text

if TYPE_CHECKING:
    from tutor.study.claim import Claim
    from tutor.study.scenario import Proof

LABEL_WIDTH = 12


class ClaimScreen(Page):
    """One claim; Esc goes back to where it was opened."""

    CSS_PATH = "claim.tcss"
    HELP_NOTE = "A claim is one sentence that can be checked: by a run of an experiment, or by its source."

    def __init__(self, claim_id: str) -> None:
        super().__init__()
        self.claim_id = claim_id
        self.claim: Claim | None = None
        self.proof: Proof | None = None
        self.due = False

    def body(self) -> Iterable[Widget]:
        """One sheet."""
        yield VerticalScroll(Drawing(self._lines, id="claim"), id="sheet")

    def on_mount(self) -> None:
        """Read the claim and its proof."""
        self.query_one(TopLine).say(f"claim {self.claim_id}")
        self.query_one("#sheet").focus()
        self.work(self._read, self._show)

    def _read(self) -> "tuple[Claim, Proof | None, bool]":
        library = self.parts.library
        due = self.claim_id in self.parts.see_progress.overview().due
        return library.claim(self.claim_id), library.claim_proof(self.claim_id), due

    def _show(self, read: "tuple[Claim, Proof | None, bool]") -> None:
        self.claim, self.proof, self.due = read
        self.query_one("#claim", Drawing).refresh(layout=True)

    def _lines(self, width: int) -> Lines:
        claim = self.claim
        if claim is None:
            return ()
        room = min(width, 100)
        lines = hanging(Content.styled(f" {claim.id}  ", signs.QUIET), inline(claim.says, "bold"), room)
        lines += [Content(""), *self._proof_lines(claim, room)]
        lines += hanging(_label("source"), Content(claim.source), room)
        lines += hanging(_label("as of"), Content(claim.as_of), room)
        if claim.older:
            lines += hanging(_label("older notes"), inline(claim.older), room)
        lines += hanging(_label("taught in"), Content(self._taught_in() or "no lesson yet"), room)
        if self.due:
            lines += hanging(_label("you"), Content("it is due for review now"), room)
        return lines

    def _proof_lines(self, claim: "Claim", width: int) -> Lines:
        if not claim.by_experiment:
            return hanging(_label("known by"), Content("its source; no run here decides it"), width)
        if self.proof is None:
            return hanging(_label("known by"), Content("an experiment that has not been recorded yet"), width)
        seed = self.proof.seeds[0]
        holds = claim.id in seed.key
        sign = Content.styled("✓ " if holds else "✗ ", f"bold {signs.HOLDS if holds else signs.FAILED}")
        held = [f"{limit} {mechanism}" for limit, mechanism in self.proof.enforcement.items() if mechanism != "none"]
        seen = Content.styled(observed_text(seed.observed.get("", {})), signs.MEASURED)
        return [
            *hanging(_label("proven by"), sign + Content(f"a run, recorded on {self.proof.date}"), width),
            *hanging(_label("observed"), seen + Content.styled(f" {signs.RUN}", signs.QUIET), width),
            *hanging(_label("held by"), Content.styled(" · ".join(held), signs.QUIET), width),
        ]

    def _taught_in(self) -> str:
        course = self.tutor.course
        taught = (lesson for lesson in course.lessons if self.claim_id in lesson.claims)
        return ", ".join(f"{number_of(course, lesson.id)} {lesson.title}" for lesson in taught)


def _label(word: str) -> Content:
    return Content.styled(f" {word:<{LABEL_WIDTH}}", signs.QUIET)
