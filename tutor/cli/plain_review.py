"""Looking back at a sitting that was handed in, line by line: every question explained, run, and run again."""

import sys
from typing import TYPE_CHECKING

from tutor.cli.plain_sitting import act, aside, listen, print_feedback
from tutor.cli.plain_trying import PlainTrying, RoomQuestion
from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.study.result import Result
    from tutor.usecases.exam_room import Room

HELP = """\
n, or Enter    the next of what went wrong, what was sure first; after the last one the end
p              the one before            j 12       any question, by its number in the paper
m              the map of all questions  r          read the question again
s              show me: run it           o          the claims that it asks
c              what can be changed       c 3=512    change it, run it again; c @2 3=512 as in option 2
q              leave"""


class PlainReview:
    """Walks through what went wrong, or through all where nothing did."""

    def __init__(self, room: "Room", result: "Result") -> None:
        from tutor.study.result import walk

        self.room = room
        self.result = result
        self.order = walk(result) or tuple(one.number for one in result.marked)
        self.at = -1
        self.number = 0
        self.trying = PlainTrying(RoomQuestion(room, 0))
        self.leaving = False

    def run(self) -> None:
        """Until the last one was looked at, the reader leaves, or the input ends."""
        count = "1 question" if len(self.order) == 1 else f"{len(self.order)} questions"
        aside(f"{count} to look at. ? lists the commands.")
        self._turn(1)
        listen(self._obey, lambda: self.leaving)

    def _obey(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        known: dict[str, Callable[[str], None]] = {
            "": lambda _: self._turn(1),
            "n": lambda _: self._turn(1),
            "p": lambda _: self._turn(-1),
            "j": self._jump,
            "m": lambda _: self._map(),
            "r": lambda _: self._say(),
            "s": lambda _: self.trying.show(),
            "c": lambda rest: self.trying.change(rest),
            "o": lambda _: self._claims(),
            "q": lambda _: self._leave(),
            "?": lambda _: print(HELP, flush=True),
        }
        act(known, word, rest)

    def _turn(self, by: int) -> None:
        """Along the walk."""
        if self.at + by < 0:
            raise UsageError("This is the first one; n goes on.")
        self.at += by
        if self.at >= len(self.order):
            self._leave()
        else:
            self._look(self.order[self.at])

    def _jump(self, written: str) -> None:
        count = len(self.result.marked)
        if not written.isdecimal() or not 1 <= int(written) <= count:
            raise UsageError(f"The questions are 1 to {count}.")
        self._look(int(written) - 1)

    def _look(self, number: int) -> None:
        self.number = number
        self.trying = PlainTrying(RoomQuestion(self.room, number))
        self._say()

    def _say(self) -> None:
        """The question, what was done with it, and every option explained."""
        one, state = self.result.marked[self.number], self.room.sitting.questions[self.number]
        told = ["flagged"] if one.flagged else []
        told += [f"{one.sure}"] if one.sure else []
        told += [f"{one.seconds:.0f} seconds"]
        print(f"\nQuestion {self.number + 1} of {len(self.result.marked)}. {', '.join(told)}.")
        question, feedback = self.room.question(self.number), self.room.feedback(self.number)
        if question is None or feedback is None:
            print("It was changed since the paper was composed, and counts nothing.")
        else:
            print(question.scenario.stem)
            print_feedback(feedback)
        if state.note:
            print(f"Note: {state.note}")
        sys.stdout.flush()

    def _map(self) -> None:
        for one in self.result.marked:
            told = "right" if one.right else "blank" if one.blank else "wrong"
            told = "changed since" if one.void else told
            print(f"{one.number + 1}: {told}{', flagged' if one.flagged else ''}")
        sys.stdout.flush()

    def _claims(self) -> None:
        feedback = self.room.feedback(self.number)
        for claim in feedback.claims if feedback is not None else ():
            print(f"{claim.id}: {claim.says} Source: {claim.source}", flush=True)

    def _leave(self) -> None:
        self.leaving = True
