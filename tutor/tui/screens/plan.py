"""The plan: an exam's date, a daily cap, and what to review on which day so that it is remembered then."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.screens.page import Page
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.drawing import Drawing, Lines, hanging
from tutor.tui.widgets.score_bar import bar

if TYPE_CHECKING:
    from tutor.usecases.plan_reviews import Plan

BAR_CELLS = 30


class PlanScreen(Page):
    """What is planned; Enter reviews what there is for today."""

    CSS_PATH = "plan.tcss"
    HELP_NOTE = (
        "The plan is made anew each time, from all that was answered and practised: it aims at a recall of 0.90 or "
        "better for each claim on the exam's day. Cramming asks what is least remembered, and moves nothing of it."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,v", "review", "review today", id="go_on", tooltip="Answer what is planned for today"),
        Binding("c", "cram", "cram", id="cram", tooltip="Ask what is least remembered; the plan stays as it is"),
        Binding("d", "exam", "exam and date", id="exam_date", tooltip="Say which exam, and on which day"),
        Binding("m", "cap", "most a day", id="cap", tooltip="Say how many claims a day are enough"),
        Binding("down,j", "move(1)", "down", show=False, tooltip="Scroll"),
        Binding("up,k", "move(-1)", "up", show=False, tooltip="Scroll"),
        Binding("pagedown", "move(15)", "page down", show=False, tooltip="Scroll by a page"),
        Binding("pageup", "move(-15)", "page up", show=False, tooltip="Scroll by a page"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.plan: Plan | None = None
        self.exams: tuple[str, ...] = ()

    def body(self) -> Iterable[Widget]:
        """One sheet."""
        yield VerticalScroll(Drawing(self._lines, id="plan"), id="sheet", can_focus=False)

    def on_mount(self) -> None:
        """Make it beside the screen."""
        self.query_one(TopLine).say("Plan of reviews")
        self._make()

    def on_screen_resume(self) -> None:
        """A review changes it."""
        super().on_screen_resume()
        if self.plan is not None:
            self._make()

    def _make(self, before: Callable[[], None] = lambda: None) -> None:
        def make() -> "tuple[Plan, tuple[str, ...]]":
            before()
            return self.parts.plan_reviews.plan(), tuple(self.parts.library.blueprints())

        self.work(make, self._made)

    def _made(self, made: "tuple[Plan, tuple[str, ...]]") -> None:
        self.plan, self.exams = made
        self._say_where(self.plan)
        self.query_one("#plan", Drawing).refresh(layout=True)
        self.refresh_keys()

    def _say_where(self, plan: "Plan") -> None:
        from tutor.usecases.plan_reviews import in_days

        dated = plan.days is not None and plan.days >= 0
        where = f" · {plan.target.exam} {in_days(plan.days or 0)}, on {plan.target.date}" if dated else ""
        cap = f"at most {plan.target.cap} a day" if plan.target.cap else "no daily cap"
        self.query_one(TopLine).say(f"Plan of reviews{where}", Content.styled(cap, signs.QUIET))

    # What is shown

    def _lines(self, width: int) -> Lines:
        plan = self.plan
        if plan is None:
            return (Content.styled(" …", signs.QUIET),)
        return [*self._today(plan, width), *self._aim(plan, width), Content(""), *self._days(plan, width)]

    def _today(self, plan: "Plan", width: int) -> Lines:
        count = len(plan.now)
        told = f"Today: {count} claim{'' if count == 1 else 's'}" if count else "Nothing more for today"
        what = Content.styled(told, signs.STRONG)
        done = Content.styled(f"   {plan.done} reviewed today", signs.QUIET) if plan.done else Content("")
        return hanging(Content.styled(f" {signs.HERE} ", signs.ACT), what + done, width)

    def _aim(self, plan: "Plan", width: int) -> Lines:
        blank = Content("   ")
        if plan.schedule is None:
            told = "No exam is planned: d sets it and its day. Until then what is due is reviewed."
            return hanging(blank, Content(told), width)
        lines: list[Content] = []
        if not plan.schedule.short:
            lines += hanging(Content.styled(" ✓ ", f"bold {signs.HOLDS}"), Content(plan.aim), width)
        for told in plan.told:
            lines += hanging(Content.styled(" ✗ ", f"bold {signs.FAILED}"), Content(told), width)
        if plan.outlook.readiness is not None:
            lines += hanging(blank, Content.styled(plan.outlook.readiness_told, signs.QUIET), width)
        return lines

    def _days(self, plan: "Plan", width: int) -> Lines:
        counts = [len(claims) for claims in plan.schedule.days] if plan.schedule else []
        most = max(counts, default=0)
        lines = []
        for ahead, count in enumerate(counts):
            day = plan.today + timedelta(days=ahead)
            name = Content.styled(f"   {f'{day:%a %d %b}' if ahead else 'today':<12}", signs.QUIET)
            share = count / most if most else 0.0
            lines.append(name + Content(f"{count:>4}  ") + bar(share, min(BAR_CELLS, width - 24)))
        return lines

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to review, or not."""
        return self.plan is not None and bool(self.plan.now) if action == "review" else True

    # What to do

    def action_review(self) -> None:
        """Review what there is for today."""
        from tutor.tui.screens.question import QuestionScreen

        self.app.push_screen(QuestionScreen(None))

    def action_cram(self) -> None:
        """Cram."""
        from tutor.tui.screens.question import QuestionScreen

        self.app.push_screen(QuestionScreen(None, mode="cram"))

    def action_exam(self) -> None:
        """Which exam, and on which day."""
        from tutor.tui.dialogs.ask import AskDialog

        self.tell("")
        target = self.plan.target if self.plan is not None else None
        before = f"{target.exam} {target.date}" if target is not None and target.date else f"{self._first} "
        known = ", ".join(self.exams)
        note = f"The exam and its day, such as {self._first} 2026-12-20; empty for none. Exams: {known}."
        self.app.push_screen(AskDialog("Exam and date", note, before), self._set_exam)

    @property
    def _first(self) -> str:
        from tutor.usecases.plan_reviews import DEFAULT

        return DEFAULT

    def _set_exam(self, written: str | None) -> None:
        plans = self.parts.plan_reviews
        if written == "":
            self._make(plans.clear_target)
        elif written:
            exam, _, day = written.partition(" ")
            self._make(lambda: plans.set_target(exam, day.strip()))

    def action_cap(self) -> None:
        """How many a day."""
        from tutor.tui.dialogs.ask import AskDialog

        self.tell("")
        cap = self.plan.target.cap if self.plan is not None else None
        note = "How many claims a day are enough; empty for no cap."
        self.app.push_screen(AskDialog("Most a day", note, str(cap or "")), self._set_cap)

    def _set_cap(self, written: str | None) -> None:
        plans = self.parts.plan_reviews
        if written == "":
            self._make(plans.clear_cap)
        elif written is not None:
            self._make(lambda: plans.set_cap(int(written) if written.isdecimal() else 0))

    def action_move(self, by: int) -> None:
        """Scroll."""
        self.query_one("#sheet").scroll_relative(y=by, animate=False)
