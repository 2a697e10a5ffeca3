"""Trying a question out in plain lines: run its experiment, list what can be changed, run it again so."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from tutor.errors import UsageError

if TYPE_CHECKING:
    from tutor.usecases.answer_question import Question, Rerun, Shown
    from tutor.usecases.exam_room import Room
    from tutor.usecases.setting import Changes, Setting, Value


class Tryable(Protocol):
    """A question that is asked: what was chosen, and, once it may be explained, its experiment."""

    @property
    def question(self) -> "Question | None": ...

    @property
    def explained(self) -> bool: ...

    @property
    def chosen(self) -> tuple[str, ...]: ...

    def show_me(self) -> "Shown | None": ...

    def run_again(self, option_id: str, changes: "Changes") -> "Rerun | None": ...


class RoomQuestion:
    """One question of a sitting, by its number from 0."""

    def __init__(self, room: "Room", number: int) -> None:
        self.room = room
        self.number = number
        self.question = room.question(number)

    @property
    def explained(self) -> bool:
        """Whether it may be explained now."""
        return self.room.explains(self.number)

    @property
    def chosen(self) -> tuple[str, ...]:
        """What is chosen."""
        return self.room.sitting.questions[self.number].chosen

    def show_me(self) -> "Shown | None":
        """Run its experiment."""
        return self.room.show_me(self.number)

    def run_again(self, option_id: str, changes: "Changes") -> "Rerun | None":
        """Run it with other settings."""
        return self.room.run_again(self.number, option_id, changes)


class PlainTrying:
    """Runs what the question at hand is decided by, where it may be explained."""

    def __init__(self, asked: Tryable) -> None:
        self.asked = asked
        self._shown: Shown | None = None

    def show(self) -> None:
        """Run it now, and print what was seen beside what is recorded."""
        shown, numbers = self._run(), self._numbers()
        for option_id in sorted(shown.observed, key=lambda one: numbers.get(one, "")):
            name = f"Option {numbers[option_id]}" if option_id else "Observed"
            print(f"{name}: {_beside(shown.recorded.get(option_id, {}), shown.observed[option_id])}.")
        agrees = "agrees" if shown.agrees else "does not agree"
        print(f"Run just now in {shown.seconds:.1f} s; it {agrees} with the recorded key.", flush=True)

    def change(self, written: str) -> None:
        """Without anything written list what can be changed; else change it and run it again."""
        shown = self._shown or self._run()
        option_id, words = self._whose(shown, written.split())
        settings = shown.settings[option_id]
        if not words:
            self._list(option_id, settings)
            return
        changes = dict(_change(word, settings) for word in words)
        rerun = self.asked.run_again(option_id, changes)
        if rerun is not None:
            for line in _told(rerun, self._numbers()):
                print(line)
            sys.stdout.flush()

    def _run(self) -> "Shown":
        if not self.asked.explained:
            raise UsageError("Nothing is shown before the answer, and in an exam nothing before the end.")
        print("Running it now.", file=sys.stderr, flush=True)
        shown = self.asked.show_me()
        if shown is None:
            raise UsageError("No run decides this one: it is known by its source.")
        self._shown = shown
        return shown

    def _whose(self, shown: "Shown", words: list[str]) -> tuple[str, list[str]]:
        """The option whose situation it is: named with @, else the first that was chosen; "" for an outcome."""
        by_number = {told: option_id for option_id, told in self._numbers().items()}
        if words and words[0].startswith("@"):
            option_id = by_number.get(words[0][1:], "")
            if option_id not in shown.settings:
                raise UsageError(f"There is no situation of option {words[0][1:]!r} to change.")
            return option_id, words[1:]
        return next((one for one in self.asked.chosen if one in shown.settings), next(iter(shown.settings))), words

    def _list(self, option_id: str, settings: "tuple[Setting, ...]") -> None:
        if option_id:
            print(f"As in option {self._numbers()[option_id]}:")
        for at, setting in enumerate(settings, 1):
            bounds = f" ({setting.bounds})" if setting.bounds else ""
            print(f"{at}. {setting.title} {setting.told(setting.value)}{bounds}")
        sys.stdout.flush()

    def _numbers(self) -> dict[str, str]:
        options = self.asked.question.options if self.asked.question is not None else ()
        return {option.id: str(at) for at, option in enumerate(options, 1)}


def _change(word: str, settings: "tuple[Setting, ...]") -> "tuple[Setting, Value]":
    at, equals, written = word.partition("=")
    if not equals or not at.isdecimal() or not 1 <= int(at) <= len(settings):
        raise UsageError(f"{word!r} changes nothing: c lists the settings, c 1=8 changes the first of them.")
    setting = settings[int(at) - 1]
    if isinstance(setting.value, bool):
        if written not in ("on", "off"):
            raise UsageError(f"{setting.title} is on or off, not {written!r}.")
        return setting, written == "on"
    whole = isinstance(setting.value, int)
    try:
        return setting, int(written) if whole else float(written)
    except ValueError:
        raise UsageError(f"{setting.title} is a number, not {written!r}.") from None


def _told(rerun: "Rerun", numbers: Mapping[str, str]) -> list[str]:
    again = rerun.again
    changed = ", ".join(
        f"{one.title} {one.told(value)}, was {one.told(one.value)}" for one, value in rerun.changes.items()
    )
    option = f", as in option {numbers[rerun.option_id]}" if rerun.option_id else ""
    lines = [f"Run again with {changed}{option}: {len(again.invocations)} invocations in {again.seconds:.1f} s."]
    if again.observed is None:
        return [*lines, again.why]
    lines.append(f"Observed: {_beside(rerun.recorded, again.observed)}.")
    if rerun.met is not None:
        lines.append("The goal is met." if rerun.met else "The goal is not met.")
    if rerun.true_now is not None:
        lines.append(
            f"Options that come true now: {', '.join(sorted(numbers[one] for one in rerun.true_now)) or 'none'}."
        )
    return lines


def _beside(recorded: Mapping[str, Any], seen: Mapping[str, Any]) -> str:
    """``status timeout, billed ms 1012 (recorded 1000)``."""
    told = []
    for name, value in seen.items():
        was = f" (recorded {recorded[name]})" if name in recorded and recorded[name] != value else ""
        told.append(f"{name.replace('_', ' ')} {value}{was}")
    return ", ".join(told)
