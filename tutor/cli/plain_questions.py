"""Questions one after another in plain lines, each explained at once: today's review, and cramming."""

import sys
from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Literal

from tutor.cli.plain_sitting import act, aside, listen, print_feedback, print_question
from tutor.cli.plain_trying import PlainTrying
from tutor.errors import ContentError, UsageError

if TYPE_CHECKING:
    from tutor.study.answer import Confidence
    from tutor.usecases.answer_question import AnswerQuestion, Feedback, Question, Rerun, Shown
    from tutor.usecases.setting import Changes

HELP = """\
1, or 1 3      answer with these options     k sure     before it: how sure, guess, unsure, sure
n, or Enter    the next question             r          read the question again
s              show me: run it               c          what can be changed; c 3=512 changes it, runs it again
o              the claims that it asks       q          leave; what was answered is kept"""


class PlainQuestions:
    """Asks these questions. Every answer has been kept when it is explained."""

    def __init__(self, asking: "AnswerQuestion", ids: Sequence[str], mode: Literal["review", "cram"]) -> None:
        self.asking = asking
        self.ids = tuple(ids)
        self.mode: Literal["review", "cram"] = mode
        self.at = -1
        self.answered = self.right = 0
        self.leaving = False
        self._forget()

    def _forget(self) -> None:
        self.question: Question | None = None
        self.feedback: Feedback | None = None
        self.sure: Confidence | None = None
        self.trying = PlainTrying(self)
        self.began = monotonic()

    def run(self) -> None:
        """Ask until all were asked, the asker leaves, or the input ends."""
        aside("? lists the commands. Everything is kept as you type it.")
        self._turn()
        listen(self._obey, lambda: self.leaving)
        print(f"{self.right} of {self.answered} right.", flush=True)

    # What can be tried out

    @property
    def explained(self) -> bool:
        """Whether it may be explained."""
        return self.feedback is not None

    @property
    def chosen(self) -> tuple[str, ...]:
        """What was answered."""
        return self.feedback.answer.chosen if self.feedback is not None else ()

    def show_me(self) -> "Shown | None":
        """Run its experiment."""
        return self.asking.show_me(self.question) if self.question is not None else None

    def run_again(self, option_id: str, changes: "Changes") -> "Rerun | None":
        """Run it with other settings."""
        return self.asking.run_again(self.question, option_id, changes) if self.question is not None else None

    # Commands

    def _obey(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word.isdigit():
            self._answer(line)
            return
        known: dict[str, Callable[[str], None]] = {
            "": lambda _: self._turn(),
            "n": lambda _: self._turn(),
            "r": lambda _: self._say(),
            "k": self._sure,
            "s": lambda _: self.trying.show(),
            "c": lambda rest: self.trying.change(rest),
            "o": lambda _: self._claims(),
            "q": lambda _: self._leave(),
            "?": lambda _: print(HELP, flush=True),
        }
        act(known, word, rest)

    def _turn(self) -> None:
        """The next question that can be asked; a broken one is told and passed over."""
        self.at += 1
        self._forget()
        if self.at >= len(self.ids):
            self.leaving = True
            return
        try:
            self.question = self.asking.ask(self.ids[self.at])
        except ContentError as error:
            aside(str(error))
            self._turn()
            return
        self._say()

    def _say(self) -> None:
        if self.question is not None:
            print(f"\nQuestion {self.at + 1} of {len(self.ids)}.", flush=True)
            print_question(self.question, self.question.scenario.choose, {})
            sys.stdout.flush()

    def _answer(self, line: str) -> None:
        question = self.question
        if question is None or self.feedback is not None:
            raise UsageError("This question has been answered and explained: n goes on.")
        numbers = [int(word) for word in line.replace(",", " ").split() if word.isdecimal()]
        options, wanted = question.options, question.scenario.choose
        if any(not 1 <= number <= len(options) for number in numbers):
            raise UsageError(f"The options are 1 to {len(options)}.")
        if len(set(numbers)) != wanted:
            raise UsageError(f"This question asks for {wanted}, and {len(set(numbers))} were named.")
        chosen = tuple(options[number - 1].id for number in numbers)
        milliseconds = int((monotonic() - self.began) * 1000)
        self.feedback = self.asking.answer(question, chosen, milliseconds, self.sure, self.mode)
        self.answered += 1
        self.right += self.feedback.answer.correct
        print_feedback(self.feedback)
        aside("Kept.")

    def _sure(self, word: str) -> None:
        if word not in ("guess", "unsure", "sure"):
            raise UsageError("k guess, k unsure or k sure.")
        self.sure = word  # type: ignore[assignment]
        aside(f"How sure: {word}.")

    def _claims(self) -> None:
        if self.feedback is None:
            raise UsageError("Nothing is told before the answer.")
        for claim in self.feedback.claims:
            print(f"{claim.id}: {claim.says} Source: {claim.source}", flush=True)

    def _leave(self) -> None:
        self.leaving = True
