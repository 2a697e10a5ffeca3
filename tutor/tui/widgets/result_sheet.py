"""The sheet of a result: the score and what it may be worth, by domain, what to look at, by claim, by question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines, hanging, spread
from tutor.tui.widgets.inline import inline
from tutor.tui.widgets.score_bar import bar
from tutor.tui.widgets.timer import clock

if TYPE_CHECKING:
    from tutor.study.advice import Advice
    from tutor.study.blueprint import Blueprint
    from tutor.study.readiness import Readiness
    from tutor.study.result import Marked, Result
    from tutor.study.score import Score

BAR_CELLS = 18


@dataclass(frozen=True)
class ResultSheet:
    """Everything that the sheet tells. ``lacked`` questions were missing in the bank; ``says`` are claims' sentences.

    ``numbered`` is the advised lesson's number in the course; ``ready`` is the chance to pass, where there is one.
    """

    result: "Result"
    wrong: tuple[int, ...]
    blueprint: "Blueprint | None"
    lacked: int
    ready: "Readiness | None"
    advice: "Advice"
    numbered: str
    says: Mapping[str, str]

    def lines(self, width: int) -> Lines:
        """The whole sheet."""
        return [
            *self._score(width),
            Content(""),
            *self._domains(width),
            *self._look(width),
            Content(""),
            *self._claims(width),
            *self._questions(width),
        ]

    def _score(self, width: int) -> Lines:
        result, blueprint = self.result, self.blueprint
        right, asked = result.raw.right, result.raw.asked
        share = f"  {round(100 * right / asked)} %" if asked else ""
        scored = "scored questions" if any(not one.scored for one in result.marked) else "questions"
        lines = [Content.styled(f" {right} of {asked} {scored} right{share}", signs.STRONG)]
        if result.scaled is not None and blueprint is not None:
            passed = result.scaled >= blueprint.pass_mark
            sign = Content.styled(" ✓ " if passed else " ✗ ", f"bold {signs.HOLDS if passed else signs.FAILED}")
            told = f"estimated scaled score {result.scaled}, pass mark {blueprint.pass_mark}; "
            lines += hanging(sign, Content(told + "an estimate: AWS does not publish its formula"), width)
        lines += self._chance(width)
        if self.lacked and blueprint is not None:
            sentence = f"The bank lacked {self.lacked} of the exam's questions: this paper has other weights."
            lines += hanging(Content("   "), Content.styled(sentence, signs.QUIET), width)
        return lines

    def _chance(self, width: int) -> Lines:
        found = self.ready
        if found is None:
            return []
        from tutor.usecases.plan_reviews import percent

        chance = Content("chance to pass ") + Content.styled(percent(found), signs.STRONG)
        answers = "1 fresh answer" if found.fresh == 1 else f"{found.fresh} fresh answers"
        told = f"  the Lambda part of {found.blueprint}, today, from {answers}"
        sign = Content.styled(" ✓ ", f"bold {signs.HOLDS}") if found.ready else Content("   ")
        return hanging(sign, chance + Content.styled(told, signs.QUIET), width)

    def _domains(self, width: int) -> Lines:
        titles = {domain.number: domain.title for domain in self.blueprint.domains} if self.blueprint else {}
        lines = []
        for number, score in self.result.by_domain.items():
            share = _share(score)
            told = Content(f" {round(share * 100):>3} %  {score.right} of {score.asked} ".ljust(18))
            lines.append(spread(Content(f"   {titles.get(number, number)}"), bar(share, BAR_CELLS) + told, width))
        return [*lines, Content("")] if lines else []

    def _look(self, width: int) -> Lines:
        result = self.result
        pointer = Content.styled(f" {signs.HERE} ", signs.ACT)
        sure = Content.styled(f"Sure but wrong: {len(result.sure_but_wrong)}", signs.STRONG)
        count = len(self.wrong)
        walks = f"   Enter walks through the {count} wrong or blank" if count else ""
        lines = hanging(pointer, sure + Content(walks), width)
        told = [f"Slow: {len(result.slow)}", f"Blank: {len(result.blank)}", *self._pace()]
        told += [f"Changed since, not counted: {len(result.void)}"] if result.void else []
        lines += hanging(Content("   "), Content("     ".join(told)), width)
        for what, key in self._next():
            lines.append(spread(Content("   ") + inline(what), Content.styled(f"{key} ", f"bold {signs.ACT}"), width))
        return lines

    def _pace(self) -> list[str]:
        seen = [one.seconds for one in self.result.marked if one.seconds]
        if not seen:
            return []
        wanted = f" of {clock(self.blueprint.seconds_a_question)}" if self.blueprint else ""
        return [f"A question: {clock(sum(seen) / len(seen))}{wanted}"]

    def _next(self) -> list[tuple[str, str]]:
        """What to study next, with the key that goes there."""
        advice = self.advice
        told = []
        if advice.lesson is not None:
            told.append(
                (f"Next: lesson {self.numbered}  **{advice.lesson.title}**, about {advice.lesson.minutes} min", "l")
            )
        if advice.lab is not None:
            told.append((f"Then: lab  **{advice.lab[1]}**", "b"))
        if advice.claims:
            most = advice.claims[0]
            told.append((f"Missed most: **{most}**  {self.says.get(most, '')}", "o"))
        return told

    def _claims(self, width: int) -> Lines:
        """What was missed first, then what holds; the sentences cut to one line."""
        scores = sorted(self.result.by_claim.items(), key=lambda one: (_share(one[1]), one[0]))
        if not scores:
            return []
        return [_heading("BY CLAIM"), *(self._claim(claim, score, width) for claim, score in scores), Content("")]

    def _claim(self, claim: str, score: "Score", width: int) -> Content:
        holds = score.right == score.asked
        sign = Content.styled(" ✓ " if holds else " ✗ ", f"bold {signs.HOLDS if holds else signs.FAILED}")
        told = Content.styled(f"{score.right} of {score.asked}  ", signs.QUIET)
        return (sign + Content(f"{claim:<8} ") + told + inline(self.says.get(claim, ""))).truncate(width, ellipsis=True)

    def _questions(self, width: int) -> Lines:
        """Each question: its sign, its time, how sure, and what else there is to say."""
        slow = set(self.result.slow)
        return [_heading("BY QUESTION"), *(_question(one, one.number in slow, width) for one in self.result.marked)]


def _share(score: "Score") -> float:
    return score.right / score.asked if score.asked else 0.0


def _heading(word: str) -> Content:
    return Content.styled(f" {word}", signs.QUIET)


def _question(one: "Marked", slow: bool, width: int) -> Content:
    sign, style = ("✓", signs.HOLDS) if one.right else ("✗", signs.FAILED)
    if one.void or one.blank:
        sign, style = "–", signs.QUIET
    words = (
        ("changed since", one.void),
        ("blank", one.blank and not one.void),
        (f"{one.sure}", one.sure is not None),
        ("slow", slow),
        ("flagged", one.flagged),
        ("not scored", not one.scored),
    )
    told = ", ".join(word for word, holds in words if holds)
    name = Content.styled(f"{one.number + 1:>3}  ", signs.QUIET) + Content(one.question_id)
    beside = Content.styled(f"{told}  {clock(one.seconds):>5} ", signs.QUIET)
    return spread(Content.styled(f" {sign} ", f"bold {style}") + name, beside, width)
