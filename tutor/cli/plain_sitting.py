"""A sitting line by line: for screen readers, pipes and anyone who prefers it. No drawing, nothing moves.

Questions, explanations and results go to standard output; what was kept and what to type go to standard error.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from tutor.cli.plain_trying import PlainTrying, RoomQuestion
from tutor.errors import ContentError, HostError, UsageError

if TYPE_CHECKING:
    from tutor.study.result import Result
    from tutor.usecases.answer_question import Feedback, Question
    from tutor.usecases.exam_room import Room

HELP = """\
1, or 1 3      choose options, in place of what was chosen; 0 chooses none
n, or Enter    the next question        p          the question before
j 12           jump to question 12      m          the map of all questions
f              flag, or unflag          x 2        strike out option 2, or bring it back
k sure         how sure: guess, unsure, sure       t TEXT     write a note
time           the time that is left    r          read the question again
s              show me: run it          o          the claims that it asks
c              what can be changed      c 3=512    change it, run it again; c @2 3=512 as in option 2
z              pause (practice)         d          hand in
q              leave; the sitting is kept, tutor exam --resume goes on"""


class PlainSitting:
    """Reads a command a line from standard input until the sitting is handed in, left, or the input ends."""

    def __init__(self, room: "Room") -> None:
        self.room = room
        self.number = room.sitting.shown or 0
        self.question: Question | None = None
        self.wish: str | None = None
        self.trying = PlainTrying(RoomQuestion(room, self.number))
        self.leaving = False

    def run(self) -> "Result | None":
        """The result, or None where it was left."""
        aside("? lists the commands. Everything is kept as you type it.")
        if self._expired():
            return self._time_is_up()
        self.room.resume()
        self._turn(self.number)
        for line in typed_lines():
            if self._expired():
                return self._time_is_up()
            try:
                self._obey(line.strip())
            except (UsageError, HostError, ContentError) as error:
                aside(str(error))
            if self.room.handed_in():
                return self.room.result()
            if self.leaving:
                break
        self._left()
        return None

    def _expired(self) -> bool:
        return self.room.over

    def _time_is_up(self) -> "Result":
        aside("The time is up: handed in with what was answered.")
        return self.room.submit()

    def _left(self) -> None:
        if self.room.sitting.mode == "practice":
            self.room.pause()
            aside("Left; its clock stands still. Go on with: tutor exam --resume")
        else:
            aside("Left; its clock goes on. Go on with: tutor exam --resume")

    def _obey(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word.isdigit():
            self._choose(line)
            return
        known: dict[str, Callable[[str], None]] = {
            "": lambda _: self._turn(self.number + 1),
            "n": lambda _: self._turn(self.number + 1),
            "p": lambda _: self._turn(self.number - 1),
            "j": lambda rest: self._turn(_number(rest) - 1),
            "m": lambda _: self._map(),
            "f": lambda _: self._flag(),
            "x": self._strike,
            "k": self._sure,
            "t": self._note,
            "time": lambda _: aside(self._time()),
            "r": lambda _: self._say(),
            "s": lambda _: self.trying.show(),
            "c": lambda rest: self.trying.change(rest),
            "o": lambda _: self._claims(),
            "z": lambda _: self._pause(),
            "d": self._submit,
            "q": lambda _: self._leave(),
            "?": lambda _: print(HELP, flush=True),
        }
        act(known, word, rest)

    # Going about

    def _turn(self, number: int) -> None:
        if not 0 <= number < len(self.room.sitting.questions):
            raise UsageError(f"The questions are 1 to {len(self.room.sitting.questions)}; d hands in.")
        self.room.show(number)
        asked = RoomQuestion(self.room, number)
        self.number, self.question, self.wish, self.trying = number, asked.question, None, PlainTrying(asked)
        self._say()

    def _say(self) -> None:
        sitting, state = self.room.sitting, self.room.sitting.questions[self.number]
        print(f"\nQuestion {self.number + 1} of {len(sitting.questions)}. {self._time()}", flush=True)
        if self.question is None:
            print("It was changed since the paper was composed, and counts nothing.", flush=True)
            return
        marks = {
            option.id: (" (chosen)" if option.id in state.chosen else "")
            + (" (struck out)" if option.id in state.struck else "")
            for option in self.question.options
        }
        print_question(self.question, self.room.wanted(self.number), marks)
        for told in (["Flagged."] if state.flagged else []) + ([f"Note: {state.note}"] if state.note else []):
            print(told)
        sys.stdout.flush()

    def _time(self) -> str:
        left = self.room.seconds_left()
        if left is None:
            return "No time limit."
        minutes, seconds = divmod(int(left), 60)
        return f"{minutes} minutes {seconds} seconds left."

    def _map(self) -> None:
        for number, state in enumerate(self.room.sitting.questions, 1):
            told = ["answered" if state.chosen else "blank" if state.seen else "not seen"]
            told += [f"{len(state.chosen)} of {self.room.wanted(number - 1)}"] if self.room.partly(number - 1) else []
            told += ["flagged"] if state.flagged else []
            print(f"{number}: {', '.join(told)}")
        sys.stdout.flush()

    # Marks

    def _option(self, written: str) -> str:
        options = self.question.options if self.question is not None else ()
        if not 1 <= _number(written) <= len(options):
            raise UsageError(f"The options are 1 to {len(options)}.")
        return options[_number(written) - 1].id

    def _choose(self, line: str) -> None:
        words = [word for word in line.replace(",", " ").split() if word != "0"]
        chosen = tuple(dict.fromkeys(self._option(word) for word in words))
        wanted, practice = self.room.wanted(self.number), self.room.sitting.mode == "practice"
        if len(chosen) > wanted or (practice and len(chosen) < wanted):
            raise UsageError(f"This question asks for {wanted}, and {len(chosen)} were named.")
        self.room.answer(self.number, chosen, self.wish)  # type: ignore[arg-type]
        feedback = self.room.feedback(self.number)
        if feedback is not None:
            print_feedback(feedback)
        missing = f" {wanted - len(chosen)} more wanted." if len(chosen) < wanted else ""
        aside(f"Kept: {' '.join(words) or 'no answer'}.{missing}")

    def _strike(self, written: str) -> None:
        self.room.strike(self.number, self._option(written))
        struck = self.room.sitting.questions[self.number].struck
        aside(f"Option {written} is {'struck out' if self._option(written) in struck else 'back'}.")

    def _flag(self) -> None:
        self.room.flag(self.number)
        aside("Flagged." if self.room.sitting.questions[self.number].flagged else "Not flagged any more.")

    def _sure(self, word: str) -> None:
        if word not in ("guess", "unsure", "sure"):
            raise UsageError("k guess, k unsure or k sure.")
        if self.room.sitting.questions[self.number].chosen:
            self.room.sure(self.number, word)  # type: ignore[arg-type]
        self.wish = word
        aside(f"How sure: {word}.")

    def _note(self, text: str) -> None:
        self.room.note(self.number, text)
        aside("Note kept.")

    # After an answer, and the end

    def _claims(self) -> None:
        feedback = self.room.feedback(self.number)
        if feedback is None:
            raise UsageError("Nothing is told before the answer, and in an exam nothing before the end.")
        for claim in feedback.claims:
            print(f"{claim.id}: {claim.says} Source: {claim.source}", flush=True)

    def _pause(self) -> None:
        self.room.pause()
        aside("Paused: the clock stands still. Enter lets it go on.")
        if next(typed_lines(), None) is None:
            self.leaving = True
        else:
            self.room.resume()
            aside(self._time())

    def _submit(self, written: str) -> None:
        blank = [number + 1 for number in self.room.sitting.unanswered]
        partly = [number + 1 for number in range(len(self.room.sitting.questions)) if self.room.partly(number)]
        flagged = [number for number, state in enumerate(self.room.sitting.questions, 1) if state.flagged]
        open_ends = (("Blank", blank), ("Not complete", partly), ("Flagged", flagged))
        for told, numbers in open_ends:
            if numbers:
                aside(f"{told}: {', '.join(map(str, numbers))}.")
        if (blank or partly) and written != "y":
            aside("What is blank or not complete counts as wrong. d y hands in nevertheless.")
            return
        self.room.submit()

    def _leave(self) -> None:
        self.leaving = True


def print_question(question: "Question", wanted: int, marks: Mapping[str, str]) -> None:
    """The question with its options, numbered; ``marks`` are said behind them."""
    print(f"{question.scenario.stem}\nChoose {wanted}.")
    for at, option in enumerate(question.options, 1):
        print(f"{at}. {' '.join(option.text.split())}{marks.get(option.id, '')}")


def print_feedback(feedback: "Feedback") -> None:
    """Every option explained."""
    print("Right." if feedback.answer.correct else "Not right." if feedback.answer.chosen else "Blank.")
    order = feedback.answer.option_order
    for option in feedback.options:
        verdict = "right" if option.right else "wrong"
        yours = ", your answer" if option.chosen else ""
        print(f"{order.index(option.option.id) + 1}. {verdict}{yours}: {' '.join(option.option.text.split())}")
        if option.observed:
            print(f"   Observed: {option.observed}")
        print(f"   {' '.join(option.option.why.split())}")
    claims = f"Claims: {', '.join(claim.id for claim in feedback.claims)}. " if feedback.claims else ""
    print(f"{claims}Source: {feedback.source}")
    if feedback.older:
        print(f"Older notes: {' '.join(feedback.older.split())}")
    sys.stdout.flush()


def _number(written: str) -> int:
    if not written.isdecimal():
        raise UsageError(f"{written!r} is no number.")
    return int(written)


def typed_lines() -> Iterator[str]:
    """Lines as they come, each as soon as it is there."""
    while line := sys.stdin.readline():
        yield line


def listen(obey: Callable[[str], None], left: Callable[[], bool]) -> None:
    """Obey typed lines until one has left, or there are no more; what cannot be done is told, and the next may come."""
    lines = typed_lines()
    while not left() and (line := next(lines, None)) is not None:
        try:
            obey(line.strip())
        except (UsageError, HostError, ContentError) as error:
            aside(str(error))


def act(known: Mapping[str, Callable[[str], None]], word: str, rest: str) -> None:
    """Do what a command says. Raises ``UsageError`` where there is none of that name."""
    if word not in known:
        raise UsageError(f"There is no command {word!r}; ? lists them.")
    known[word](rest.strip())


def aside(sentence: str) -> None:
    """Say something beside the questions, on standard error."""
    print(sentence, file=sys.stderr, flush=True)
