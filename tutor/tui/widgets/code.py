"""Code to read: highlighted, in the order of its files."""

from collections.abc import Mapping

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Draw, Lines

_LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}


def code_drawing(files: Mapping[str, str]) -> Draw:
    """A drawing of the files' texts; the name stands above each where there is more than one."""
    lines: list[Content] = []
    for name, text in files.items():
        if len(files) > 1:
            lines.append(Content.styled(f"── {name} ", signs.QUIET))
        lines += highlighted(name, text).split("\n", allow_blank=True)

    def draw(width: int) -> Lines:
        return [line.truncate(width, ellipsis=True) for line in lines]

    return draw


def highlighted(name: str, text: str) -> Content:
    """One file's text with the styles of its language."""
    from textual.highlight import highlight

    suffix = name[name.rfind(".") :]
    return highlight(text.rstrip(), language=_LANGUAGES.get(suffix, "text"))
