"""The functions of a region as a list, and one of them in every respect."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines, hanging, spread

if TYPE_CHECKING:
    from tutor.usecases.region_detail import AliasRow, FunctionDetail, MappingRow, VersionRow
    from tutor.usecases.see_region import FunctionKey, FunctionRow

_STATES = {
    "Active": ("●", signs.HOLDS),
    "Enabled": ("●", signs.HOLDS),
    "READY": ("●", signs.HOLDS),
    "Failed": ("✗", signs.FAILED),
    "FAILED": ("✗", signs.FAILED),
    "Inactive": ("○", signs.QUIET),
    "Disabled": ("○", signs.QUIET),
}
_UNDER_WAY = ("◐", signs.ACT)
_LABEL = 12


def function_lines(rows: "Sequence[FunctionRow]", here: "FunctionKey | None", most: int, width: int) -> Lines:
    """At most ``most`` functions around the chosen one, each with runtime, memory, timeout and state."""
    index = next((number for number, row in enumerate(rows) if row.key == here), 0)
    start = min(max(0, index - most // 2), max(0, len(rows) - most))
    shown = rows[start : start + most]
    lines = [_row(row, row.key == here, width) for row in shown]
    left_out = len(rows) - len(shown)
    return [*lines, Content.styled(f"  … {left_out} more, / finds one", signs.QUIET)] if left_out else lines


def _row(row: "FunctionRow", here: bool, width: int) -> Content:
    pointer = Content.styled(f"{signs.HERE} ", signs.ACT) if here else Content("  ")
    where = f" · {row.key.aws_region}" if row.key.aws_region != "us-east-1" else ""
    name = Content.styled(row.key.name, signs.STRONG if here else "") + Content.styled(where, signs.QUIET)
    settings = Content.styled(f"{row.runtime} · {row.memory_size} MB · {row.timeout} s · {row.state} ", signs.QUIET)
    if width < settings.cell_length + name.cell_length + 6:
        settings = Content.styled(f"{row.state} ", signs.QUIET)
    return spread(pointer + _state(row.state) + name, settings, width)


def _state(state: str) -> Content:
    sign, style = _STATES.get(state, _UNDER_WAY)
    return Content.styled(f"{sign} ", style)


def detail_lines(detail: "FunctionDetail", width: int) -> Lines:
    """Versions, aliases, concurrency, event sources, addresses, and where failed events go."""
    lines = [Content.styled(detail.name, signs.STRONG)]
    for label, text in _told(detail):
        lines += hanging(Content.styled(f"{label:<{_LABEL}}", signs.QUIET), text, width)
    return lines


def _told(detail: "FunctionDetail") -> Iterator[tuple[str, Content]]:
    known = ""
    for version in detail.versions:
        label = version.version if version.version.startswith("$") else f"version {version.version}"
        yield label, _version(version, version.description if version.description != known else "")
        known = version.description
    for alias in detail.aliases:
        yield "alias", Content.styled(alias.name, signs.STRONG) + Content(f" → {_weights(alias)}")
    if detail.reserved is not None:
        yield "reserved", Content(f"{detail.reserved} at a time")
    for entry in detail.provisioned:
        ready = f"{entry.qualifier}  {entry.available} of {entry.requested} · {entry.status}"
        yield "provisioned", _state(entry.status) + Content(ready)
    for mapping in detail.mappings:
        yield "source", _mapping(mapping)
    for url in detail.urls:
        yield "URL", Content(url)
    for failing in detail.failing:
        yield "failures", Content(failing)


def _version(version: "VersionRow", description: str) -> Content:
    told = _state(version.state) + Content(f"{version.state}")
    told += Content.styled(f" · {version.runtime} · {version.memory_size} MB · {version.timeout} s", signs.QUIET)
    if version.update == "InProgress":
        told += Content(" · update in progress")
    if version.reason:
        told += Content(f" · {version.reason}")
    return told + (Content.styled(f" · {description}", signs.QUIET) if description else Content(""))


def _weights(alias: "AliasRow") -> str:
    if len(alias.weights) == 1:
        return f"version {alias.weights[0][0]}"
    return ", ".join(f"version {version} {part:.0%}".replace("%", " %") for version, part in alias.weights)


def _mapping(mapping: "MappingRow") -> Content:
    result = f" · {mapping.result}" if mapping.result else ""
    batch = Content.styled(f" · batches of {mapping.batch_size}{result}", signs.QUIET)
    return _state(mapping.state) + Content(f"{mapping.state} · {mapping.source}") + batch
