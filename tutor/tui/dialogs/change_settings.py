"""Changing settings of a question's situation before it is run again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.drawing import Drawing, Lines, spread

if TYPE_CHECKING:
    from tutor.usecases.setting import Setting, Value

Wish = tuple[str, "Mapping[Setting, Value]"]
"""The option whose situation it is ("" for an outcome), and the settings that are to be otherwise."""

WEIGHT_STEP = 0.1


class ChangeSettingsDialog(Dialog[Wish]):
    """Returns what to run. ``numbers`` are the options as they are numbered on the screen, by id."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", "run it"),
        Binding("right", "step(1)", "less, more", key_display="←→"),
        Binding("left", "step(-1)", "less", show=False),
        Binding("0", "digit('0')", "type", key_display="0–9"),
        *(Binding(str(digit), f"digit('{digit}')", show=False) for digit in range(1, 10)),
        Binding("full_stop", "digit('.')", show=False),
        Binding("backspace,delete", "restore", "as it was", key_display="⌫"),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
    ]

    def __init__(
        self, settings: "Mapping[str, Sequence[Setting]]", numbers: Mapping[str, str], option_id: str = ""
    ) -> None:
        super().__init__("Change a setting, run it again")
        self.numbers = numbers
        self.situations = {one: tuple(settings[one]) for one in sorted(settings, key=lambda one: numbers.get(one, ""))}
        self.option_id = option_id if option_id in self.situations else next(iter(self.situations))
        self.changes: dict[Setting, Value] = {}
        self.here = self.several
        self.typed = ""

    @property
    def several(self) -> int:
        """1 where the first row says whose situation it is, else 0."""
        return int(len(self.situations) > 1)

    @property
    def settings(self) -> "tuple[Setting, ...]":
        """What can be changed in this situation."""
        return self.situations[self.option_id]

    @property
    def setting(self) -> "Setting | None":
        """The setting at the cursor."""
        return self.settings[self.here - self.several] if self.here >= self.several and self.settings else None

    def content(self) -> Iterable[Widget]:
        """One line for each."""
        yield Drawing(self._lines, id="rows")
        yield Drawing(self._told, id="told")

    def _lines(self, width: int) -> Lines:
        rows = [("the situation of option", f"‹ {self.numbers.get(self.option_id, '')} ›")] if self.several else []
        rows += [(setting.title, self._value(setting)) for setting in self.settings]
        lines = [self._line(index, left, right, width) for index, (left, right) in enumerate(rows)]
        return self.in_sight(lines, self.here)

    def _value(self, setting: "Setting") -> str:
        was = setting.told(setting.value)
        value = self.changes.get(setting, setting.value)
        return was if value == setting.value else f"{was} → {setting.told(value)}"

    def _line(self, index: int, left: str, right: str, width: int) -> Content:
        here = index == self.here
        pointer = Content.styled(f"{signs.HERE} " if here else "  ", signs.ACT)
        style = signs.ACT if "→" in right else ""
        beside = Content.styled(f"{right} ", style)
        return spread(pointer + Content.styled(left, signs.STRONG if here else ""), beside, width)

    def _told(self, width: int) -> Lines:
        setting = self.setting
        bounds = setting.bounds if setting is not None else ""
        what = f"{bounds}; what AWS refuses is told." if bounds else "What AWS refuses is told."
        return [Content(""), *Content.styled(f"{what} Nothing of this is scored.", signs.QUIET).wrap(width)]

    def _redraw(self) -> None:
        for drawing in self.query(Drawing):
            drawing.refresh(layout=True)

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.typed = ""
        self.here = (self.here + by) % (len(self.settings) + self.several)
        self._redraw()

    def action_step(self, by: int) -> None:
        """Another option's situation, or less or more of a setting."""
        self.typed = ""
        setting = self.setting
        if setting is not None:
            self._change(setting, stepped(setting, self.changes.get(setting, setting.value), by))
        elif self.here < self.several:
            options = list(self.situations)
            self.option_id = options[(options.index(self.option_id) + by) % len(options)]
            self.changes = {one: value for one, value in self.changes.items() if one in self.settings}
        self._redraw()

    def action_digit(self, digit: str) -> None:
        """A number, digit by digit."""
        setting, longer = self.setting, self.typed + digit
        if setting is None or isinstance(setting.value, bool) or len(longer) > 12:
            return
        whole = isinstance(setting.value, int)
        if digit == "." and (whole or "." in self.typed):
            return
        self.typed = longer
        self._change(setting, int(longer) if whole else float(f"0{longer}"))
        self._redraw()

    def action_restore(self) -> None:
        """As it was staged."""
        self.typed = ""
        if self.setting is not None:
            self.changes.pop(self.setting, None)
        self._redraw()

    def _change(self, setting: "Setting", value: "Value") -> None:
        self.changes[setting] = value
        if value == setting.value:
            del self.changes[setting]

    def action_run(self) -> None:
        """Run it so."""
        self.dismiss((self.option_id, self.changes))


def stepped(setting: "Setting", value: "Value", by: int) -> "Value":
    """One step more or less: twice or half of a number, a tenth of a share, the other state of a switch."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, float):
        return round(min(1.0, max(0.0, value + by * WEIGHT_STEP)), 2)
    stepped = max(1, 2 * value) if by > 0 else value // 2
    least, most = setting.least, setting.most
    return int(max(least or 0, min(stepped, most) if most is not None else stepped))
