"""Scores as bars: one lying beside its name, and a row of them standing, one for each sitting."""

from collections.abc import Sequence

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines

_ACROSS = " ▏▎▍▌▋▊▉█"
_UP = " ▁▂▃▄▅▆▇█"


def bar(share: float, cells: int) -> Content:
    """A bar of ``cells`` characters, filled by ``share`` (0 to 1)."""
    eighths = round(min(1.0, max(0.0, share)) * cells * 8)
    full, rest = divmod(eighths, 8)
    filled = "█" * full + (_ACROSS[rest] if rest else "")
    return Content.styled(filled, signs.MEASURED) + Content.styled("░" * (cells - len(filled)), signs.QUIET)


def standing_bars(shares: Sequence[float], here: int, height: int, width: int, pass_share: float | None) -> Lines:
    """The scores side by side, the last ones where they are too many; ``here`` is pointed at."""
    most = max(1, (width - 8) // 3)
    first = min(max(0, len(shares) - most), here)
    kept = list(enumerate(shares))[first : first + most]
    lines = []
    for row in range(height, 0, -1):
        level = round(row / height * 100)
        passes = pass_share is not None and (row - 1) / height < pass_share <= row / height
        label = Content.styled(f"{'pass' if passes else f'{level} %':>6} ", signs.ACT if passes else signs.QUIET)
        lines.append(label + Content("").join(_slice(share, row, height, passes) for _, share in kept))
    pointer = Content("").join(Content.styled(f" {signs.HERE} " if at == here else "   ", signs.ACT) for at, _ in kept)
    return [*lines, Content(" " * 7) + pointer]


def _slice(share: float, row: int, height: int, passes: bool) -> Content:
    eighths = round(min(1.0, max(0.0, share)) * height * 8) - (row - 1) * 8
    block = _UP[min(8, max(0, eighths))]
    if block == " " and passes:
        return Content.styled("╌╌╌", signs.QUIET)
    return Content.styled(f"{block}{block} ", signs.MEASURED)
