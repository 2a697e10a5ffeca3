"""The built-in editor: plain keys, Python's colours, and Esc to leave it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_LEXERS = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_NAMES: dict[_TokenType, str] = {
    Token.Comment: "comment",
    Token.Keyword: "keyword",
    Token.Literal.String: "string",
    Token.Literal.Number: "number",
    Token.Name.Function: "function",
    Token.Name.Class: "type",
    Token.Name.Builtin: "type.builtin",
    Token.Operator.Word: "keyword",
    Token.Name.Tag: "tag",
}
"""Pygments' token -> the name that the text area's colours know."""


class Editor(TextArea):
    """Edits one text. Enter is a new line and Tab indents; ``Esc`` posts ``Left`` with everything typed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f6", "screen.pane(1)", "panes", tooltip="The next pane")]

    @dataclass
    class Left(Message):
        """The learner pressed Esc."""

        editor: "Editor"

    def __init__(self, *, id: str | None = None) -> None:
        self._lexer: Lexer | None = None
        super().__init__(
            "", id=id, show_line_numbers=True, tab_behavior="indent", soft_wrap=False, theme="css", compact=True
        )

    def open_text(self, name: str, text: str) -> None:
        """Show another text; what was typed before is the caller's to have saved."""
        language = _LEXERS.get(name[name.rfind(".") :])
        self._lexer = get_lexer_by_name(language) if language else None
        self.load_text(text)

    def take_text(self, text: str) -> None:
        """The file changed elsewhere: show it, and leave the cursor where it was."""
        where = self.cursor_location
        self.load_text(text)
        self.move_cursor(where)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Letters, Tab and Enter are text here."""
        return key == "enter" or super().check_consume_key(key, character)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.post_message(self.Left(self))
            return
        await super()._on_key(event)

    def _build_highlight_map(self) -> None:
        """Colour by Pygments, which is here anyway, instead of tree-sitter, which is not."""
        self._line_cache.clear()
        self._highlights.clear()
        if self._lexer is None:
            return
        row, column = 0, 0
        for kind, value in self._lexer.get_tokens(self.text):
            name = _name_of(kind)
            for number, piece in enumerate(value.split("\n")):
                if number:
                    row, column = row + 1, 0
                size = len(piece.encode())
                if name and size:
                    self._highlights[row].append((column, column + size, name))
                column += size


def _name_of(kind: _TokenType | None) -> str | None:
    while kind is not None:
        if kind in _NAMES:
            return _NAMES[kind]
        kind = kind.parent
    return None
