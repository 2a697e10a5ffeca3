"""The options of a question: before the answer to choose from, afterwards each explained."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines, hanging, spread
from tutor.tui.widgets.inline import inline
from tutor.tui.widgets.tried import plain

if TYPE_CHECKING:
    from tutor.study.scenario import Option, Scenario
    from tutor.usecases.answer_question import ExplainedOption, Feedback

_WORDS = {1: "one", 2: "two", 3: "three", 4: "four"}
INDENT = "      "


def number_word(count: int) -> str:
    """``two`` for 2."""
    return _WORDS.get(count, str(count))


def stem_of(scenario: "Scenario") -> str:
    """The question in Markdown, with how many are to be chosen where it does not say so itself."""
    choose = f"Choose {number_word(scenario.choose)}"
    said = scenario.choose == 1 or choose.lower() in scenario.stem.lower()
    return scenario.stem if said else f"{scenario.stem}\n\n**{choose}.**"


def option_lines(
    options: "Sequence[Option]", chosen: Collection[str], struck: Collection[str], here: int, width: int
) -> Lines:
    """The options, numbered; ``●`` stands before what is chosen, ``x`` before what is struck out."""
    lines: list[Content] = []
    for index, option in enumerate(options):
        pointer = Content.styled(f"{signs.HERE} " if index == here else "  ", signs.ACT)
        mark = Content.styled(_mark(option.id, chosen, struck), signs.ACT)
        number = Content.styled(f"{index + 1}  ", signs.STRONG)
        style = f"{signs.QUIET} strike" if option.id in struck else ""
        style = "bold" if option.id in chosen else style
        lines += hanging(pointer + mark + number, inline(option.text, style), width)
    return lines


def _mark(option_id: str, chosen: Collection[str], struck: Collection[str]) -> str:
    """A sign, for terminals that show no struck text."""
    return "● " if option_id in chosen else "x " if option_id in struck else "  "


def feedback_lines(feedback: "Feedback", width: int) -> Lines:
    """Every option with sign, what was observed and why; then claims, source and older notes."""
    order = feedback.answer.option_order
    options = sorted(feedback.options, key=lambda option: (not option.right, not option.chosen))
    lines = [_verdict(feedback, width), Content("")]
    same = _seen_by_all(feedback)
    if same:
        lines += [*_observed(same, Content("   "), width), Content("")]
    for option in options:
        lines += _explained(option, order.index(option.option.id) + 1, not same, width)
    lines.append(Content(""))
    if feedback.claims:
        lines += hanging(_label("claims"), Content(", ".join(claim.id for claim in feedback.claims)), width)
    lines += hanging(_label("source"), Content.styled(feedback.source, signs.QUIET), width)
    if feedback.older:
        lines += hanging(_label("older"), inline(feedback.older), width)
    return lines


def _seen_by_all(feedback: "Feedback") -> str | None:
    """What one run saw for all options alike: an outcome is told once."""
    seen = {option.observed for option in feedback.options}
    return seen.pop() if len(seen) == 1 and len(feedback.options) > 1 else None


def _observed(text: str, indent: Content, width: int) -> Lines:
    seen = Content.styled("observed: ", signs.QUIET) + Content.styled(text, signs.MEASURED)
    return hanging(indent, seen + Content.styled(f" {signs.RUN}", signs.QUIET), width)


def _label(word: str) -> Content:
    return Content.styled(f"   {word:<8}", signs.QUIET)


def _verdict(feedback: "Feedback", width: int) -> Content:
    if feedback.answer.correct:
        return spread(Content.styled(" ✓ right", f"bold {signs.HOLDS}"), _saved(), width)
    return spread(Content.styled(" ✗ not right", f"bold {signs.FAILED}"), _saved(), width)


def _saved() -> Content:
    return Content.styled("saved", signs.QUIET)


def _explained(explained: "ExplainedOption", number: int, observed: bool, width: int) -> Lines:
    sign, style = ("✓", signs.HOLDS) if explained.right else ("✗", signs.FAILED)
    head = Content(f"  {number} ") + Content.styled(f"{sign} ", f"bold {style}")
    text = inline(explained.option.text, "bold" if explained.right or explained.chosen else "")
    if explained.chosen:
        text += Content.styled("  your answer", signs.ACT)
    indent = Content(INDENT)
    lines = list(hanging(head, text, width))
    if explained.observed and observed:
        lines += _observed(explained.observed, indent, width)
    if explained.option.why:
        lines += hanging(indent, inline(explained.option.why), width)
    if explained.chosen and not explained.right and explained.option.mistake:
        lines += hanging(indent, inline(f"This answer {explained.option.mistake}.", signs.QUIET), width)
    return lines


def observed_text(seen: Mapping[str, Any]) -> str:
    """A flat mapping as one readable line."""
    return " · ".join(f"{name} {plain(value)}" for name, value in seen.items())
