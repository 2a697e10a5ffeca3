"""Home: the course map, what is due, and the next step under Enter."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.screens.page import Page
from tutor.tui.steps import number_of
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.column import Column
from tutor.tui.widgets.course_map import Marks, Part, part_lines, parts_of, unit_lines
from tutor.tui.widgets.drawing import Drawing, Lines, hanging, spread
from tutor.tui.widgets.inline import inline

if TYPE_CHECKING:
    from tutor.study.course import CourseMap
    from tutor.study.progress import NextStep
    from tutor.tui.background import Failure
    from tutor.usecases.plan_reviews import Outlook
    from tutor.usecases.see_progress import Overview

_KINDS = {"lesson": "lesson", "lab": "lab", "quiz": "questions to"}
DUE_SHOWN = 12
PAINTED = 0.05
"""Seconds after which a frame has surely left for the terminal: what is not needed for it begins only then."""


class HomeScreen(Page):
    """The course map. ``place`` says where the cursor is: on the next step, among the units, or among the parts."""

    HELP_NOTE = f"{signs.LEGEND}\nEnter on the first line does the next step; the arrows walk through the course map."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "go on", id="go_on", tooltip="Do what ▸ points at"),
        Binding("down,j", "move(1)", "down", show=False, tooltip="The row below"),
        Binding("up,k", "move(-1)", "up", show=False, tooltip="The row above"),
        Binding("tab,right", "across", "panes", id="pane", tooltip="From the units to their parts"),
        Binding("left,shift+tab", "units", "units", show=False, tooltip="Back to the units"),
        Binding("x", "exam", "exam room", id="exam", tooltip="Mock exams, quizzes, past sittings"),
        Binding("v", "review", "review", id="review", tooltip="Answer questions about the claims that are due"),
        Binding("g", "region", "region", id="region", tooltip="Your own AWS region: functions, queue, clock, logs"),
        Binding("q", "app.quit", "leave", id="leave", tooltip="Leave the tutor; everything is saved already"),
        Binding("escape", "units", "back", show=False, tooltip="Back to the first line"),
    ]

    def __init__(self, course: "CourseMap") -> None:
        super().__init__()
        self.course = course
        self.overview: Overview | None = None
        self.place = "next"
        self.unit = 0
        self.part = 0
        self.said: dict[str, str] = {}
        self.begun = 0
        self.waits = False
        self.outlook: Outlook | None = None

    def body(self) -> Iterable[Widget]:
        """The next step above the columns."""
        yield Drawing(self._next_line, id="next")
        with Horizontal(id="map"):
            yield Column(self._unit_lines, id="units")
            yield Column(self._part_lines, id="parts")
            yield Column(self._claim_lines, id="claims")

    def on_mount(self) -> None:
        """The titles first; the marks as soon as these have been painted."""
        self.query_one(TopLine).say("tutor · AWS Lambda")
        self.waits = self.tutor.opening != "home"
        if not self.waits:
            self.call_after_refresh(self.read_marks)

    def on_screen_resume(self) -> None:
        """What was done elsewhere shows here, and the next step is under Enter again."""
        super().on_screen_resume()
        if self.overview is not None or (self.waits and self.tutor.opening == "home"):
            self.place = "next"
            self.read_marks()

    def read_marks(self) -> None:
        """Read them beside the screen, then show them."""
        self.work(self._overview, self._show_marks, self._no_marks)

    def _overview(self) -> "Overview":
        from tutor.tui.own_folder import demand_own_folder

        if self.overview is None:
            demand_own_folder()
        return self.parts.see_progress.overview()

    def _no_marks(self, failure: "Failure") -> None:
        from tutor.errors import UsageError

        self.tutor.started()
        if self.overview is None and isinstance(failure.error, UsageError):
            self.tutor.refuse(failure.error)

    def _show_marks(self, overview: "Overview") -> None:
        first = self.overview is None
        self.overview = overview
        self.tell("")
        if self.place == "next":
            self.unit = self._unit_of(overview.next_step.id)
        self._say_standing(overview)
        self._redraw()
        if first:
            self.set_timer(PAINTED, self._started)
        else:
            self._look_for_sittings()

    @property
    def waiting(self) -> int:
        """How many claims wait to be reviewed: those of the plan for today, or all that are due."""
        planned = self.outlook.today if self.outlook is not None else None
        return planned if planned is not None else len(self.overview.due) if self.overview is not None else 0

    def _say_standing(self, overview: "Overview") -> None:
        told = [f"{self.waiting} due" if self.waiting else "nothing due"]
        if self.outlook is not None and self.outlook.ahead:
            told += self.outlook.ahead
        elif overview.answers:
            told.append(f"{overview.right} of {overview.answers} answers right")
        self.query_one(TopLine).say("tutor · AWS Lambda", " · ".join(told))

    def _look_ahead(self) -> None:
        """How ready one is and when the exam is, which takes reading the bank: after everything else."""
        self.work(self.parts.plan_reviews.outlook, self._show_ahead)

    def _show_ahead(self, outlook: "Outlook") -> None:
        self.outlook = outlook
        if self.overview is not None:
            self._say_standing(self.overview)
            self.query_one("#units", Column).refresh()

    def _started(self) -> None:
        """Import what the next page needs while the learner looks at this one."""
        self.tutor.started()

        def imports() -> None:
            import tutor.tui.screens.exam_room
            import tutor.tui.screens.lab
            import tutor.tui.screens.lesson
            import tutor.tui.screens.question  # noqa: F401

        self.work(imports, lambda _: self._look_for_sittings())

    def _look_for_sittings(self) -> None:
        """A sitting that was begun and not handed in is offered here."""
        self.work(self._find_sittings, lambda found: self._show_sittings(*found))

    def _find_sittings(self) -> tuple[int, tuple[str, ...]]:
        """How many wait, and sentences about those that the clock handed in meanwhile."""
        from tutor.usecases.sit_exam import ran_out

        exam = self.parts.sit_exam
        return len(exam.unfinished()), tuple(ran_out(room) for room in exam.ended())

    def _show_sittings(self, begun: int, ended: tuple[str, ...]) -> None:
        self.begun = begun
        if ended:
            self.tell("\n".join([*ended, "x, then b shows what it came to."]))
        self.query_one("#units", Column).refresh()
        self._look_ahead()

    def _say_claims(self) -> None:
        """Where the third column is shown: read the sentences that it needs and that have not been read yet."""
        wanted = tuple(claim for claim in (*self._due, *self._taught) if claim not in self.said)
        if self.has_class("-wide") and self.overview is not None and wanted:
            self.said.update(dict.fromkeys(wanted, "…"))
            self.work(lambda: {claim: self.parts.library.claim(claim).says for claim in wanted}, self._show_claims)

    def _show_claims(self, said: dict[str, str]) -> None:
        self.said.update(said)
        self.query_one("#claims", Column).refresh(layout=True)

    @property
    def _due(self) -> tuple[str, ...]:
        return self.overview.due[:DUE_SHOWN] if self.overview else ()

    @property
    def _taught(self) -> tuple[str, ...]:
        """The claims of the unit at hand, each once."""
        if not self.course.units:
            return ()
        return tuple(dict.fromkeys(claim for lesson in self.course.units[self.unit].lessons for claim in lesson.claims))

    def _unit_of(self, item: str) -> int:
        prefix = item.split("/")[0]
        return next((index for index, unit in enumerate(self.course.units) if unit.id == prefix), self.unit)

    @property
    def marks(self) -> Marks:
        """Marks by lesson id; empty until they have been read."""
        return self.overview.marks if self.overview else {}

    @property
    def unit_parts(self) -> tuple[Part, ...]:
        """Everything that can be opened in the unit at hand."""
        if not self.course.units:
            return ()
        return tuple(part for lesson in self.course.units[self.unit].lessons for part in parts_of(lesson, self.marks))

    def _redraw(self) -> None:
        for drawing in self.query(Drawing):
            drawing.refresh(layout=drawing.id == "next")
        self.query_one("#units", Column).look_at(self.unit + 1)
        _, line = self._parts_drawn(80)
        self.query_one("#parts", Column).look_at(line if self.place == "part" else 0)
        self.refresh_keys()
        self.set_timer(PAINTED, self._say_claims)

    def on_resize(self) -> None:
        """A wider terminal shows more at once."""
        self.call_after_refresh(self._say_claims)

    def _next_line(self, width: int) -> Lines:
        here = self.place == "next"
        pointer = Content.styled(f"{signs.HERE} ", signs.ACT) if here else Content("  ")
        step = self.overview.next_step if self.overview else None
        if step is None:
            return (pointer + Content.styled("…", signs.QUIET),)
        minutes = Content.styled(f"~{step.minutes} min ", signs.QUIET) if step.minutes else Content("")
        return (spread(pointer + self._step_said(step), minutes, width),)

    def _step_said(self, step: "NextStep") -> Content:
        verb = Content.styled(f"{step.verb}: ", f"bold {signs.ACT}")
        if step.kind in _KINDS:
            number = number_of(self.course, step.id)
            return verb + Content(f"{_KINDS[step.kind]} {number}  ") + Content.styled(step.title, signs.STRONG)
        if step.kind == "review":
            return verb + Content.styled(step.title, signs.STRONG)
        return Content.styled(step.title or "The course is done; v asks what is due.", signs.STRONG)

    def _unit_lines(self, width: int) -> Lines:
        lines = list(unit_lines(self.course.units, self.marks, self.unit, self.place == "unit", width))
        due = self.waiting
        if due:
            told = Content.styled("  REVIEW  ", signs.QUIET) + Content(f"{due} due") + Content.styled("  v", signs.ACT)
            lines += [Content(""), told]
        if self.begun:
            told = Content.styled("  EXAM ROOM  ", signs.QUIET) + Content(f"{self.begun} begun")
            lines += [*([] if due else [Content("")]), told + Content.styled("  x", signs.ACT)]
        return lines

    def _part_lines(self, width: int) -> Lines:
        return self._parts_drawn(width)[0]

    def _parts_drawn(self, width: int) -> tuple[Lines, int]:
        if not self.course.units:
            return (Content("  There are no lessons yet."),), 0
        here = self.part if self.place == "part" else None
        return part_lines(self.course.units[self.unit], self.marks, here, width)

    def _claim_lines(self, width: int) -> Lines:
        lines = [Content.styled("DUE FOR REVIEW", signs.QUIET)]
        if self.overview is not None:
            lines += self._said_lines(self._due, width) or [Content("Nothing is due.")]
            lines += [Content(""), Content.styled("THIS UNIT TEACHES", signs.QUIET)]
            lines += self._said_lines(self._taught, width)
        return lines

    def _said_lines(self, claims: tuple[str, ...], width: int) -> list[Content]:
        """Each claim's id and sentence."""
        return [
            line
            for claim in claims
            for line in hanging(Content.styled(f"{claim}  ", signs.QUIET), inline(self.said.get(claim, "…")), width)
        ]

    def word_for(self, action: str) -> str | None:
        """Enter goes on at the first line and opens elsewhere."""
        return "open" if action == "open" and self.place != "next" else None

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        if self.overview is not None:
            self.tell("")
        if self.place == "part":
            self.part = max(0, min(len(self.unit_parts) - 1, self.part + by))
        elif self.place == "next":
            self.place = "unit" if by > 0 and self.course.units else "next"
        elif self.unit + by < 0:
            self.place = "next"
        else:
            self.unit = min(len(self.course.units) - 1, self.unit + by)
        self._redraw()

    def action_across(self) -> None:
        """To the parts of the unit, at the first that is not done; from there back to the units."""
        if self.place == "part" or not self.unit_parts:
            self.place = "unit"
        else:
            self.place = "part"
            undone = (index for index, part in enumerate(self.unit_parts) if part.mark != "done")
            self.part = next(undone, 0)
        self._redraw()

    def action_units(self) -> None:
        """From the parts to the units, from the units to the first line."""
        self.place = "unit" if self.place == "part" else "next"
        self._redraw()

    def action_open(self) -> None:
        """Do what the cursor points at."""
        if self.place == "unit":
            self.action_across()
        elif self.place == "part":
            part = self.unit_parts[self.part]
            self._open(part.kind, part.id)
        elif self.overview is not None:
            self.tutor.open_step(self.overview.next_step)

    def _open(self, kind: str, item: str) -> None:
        from tutor.study.progress import NextStep

        self.tutor.open_step(NextStep(kind, item, "Go on", "", 0))  # type: ignore[arg-type]

    def action_exam(self) -> None:
        """Open the exam room; what belongs to it is imported only now, or was while nobody waited."""
        from tutor.tui.screens.exam_room import ExamRoomScreen

        self.app.push_screen(ExamRoomScreen())

    def action_review(self) -> None:
        """Ask about what is due."""
        if self.overview is not None and not self.waiting:
            self.tell("Nothing is due for review now. What is least remembered can be crammed: x, then k.")
        else:
            self._open("review", "")

    def action_region(self) -> None:
        """Open the region; what belongs to it is imported only now."""
        from tutor.tui.screens.region import RegionScreen

        self.app.push_screen(RegionScreen())
