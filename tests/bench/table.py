"""The table that ``make bench`` prints: every figure beside a baseline of the same run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

_HEAD = ("what", "p50", "p95", "p99", "against", "p50", "ratio", "aim", "")
_WIDTHS = (56, 8, 8, 8, 44, 8, 7, 9, 6)


@dataclass(frozen=True)
class Row:
    """One line: ``samples`` of what was measured, ``against`` the baseline's, both in ``unit``.

    Samples of the same length were taken in turns, and the ratio is the median of the ratios; otherwise it is the
    ratio of the medians. ``aim`` is the most that ``judged`` (``ratio``, ``p50``, ``p99``, ``p99 ratio``: the 99th
    percentile against the baseline's median) may be; with ``at_least`` it is the least.
    """

    name: str
    unit: str
    samples: Sequence[float]
    baseline: str = ""
    against: Sequence[float] = ()
    aim: float | None = None
    judged: str = "ratio"
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times the baseline; None where there is none."""
        if not self.against or not median(self.against):
            return None
        if len(self.samples) == len(self.against):
            return median(one / other for one, other in zip(self.samples, self.against, strict=True) if other)
        return median(self.samples) / median(self.against)

    @property
    def missed(self) -> bool:
        """Whether the aim is not reached."""
        found = {
            "ratio": self.ratio,
            "p50": median(self.samples),
            "p99": percentile(self.samples, 99),
            "p99 ratio": percentile(self.samples, 99) / median(self.against)
            if self.against and median(self.against)
            else None,
        }[self.judged]
        if self.aim is None or found is None:
            return False
        return found < self.aim if self.at_least else found > self.aim

    def cells(self) -> tuple[str, ...]:
        """What stands in the columns."""
        ratio = self.ratio
        enough = len(self.samples) > 1
        return (
            f"{self.name} ({self.unit})" if self.unit else self.name,
            number(median(self.samples)),
            number(percentile(self.samples, 95)) if enough else "",
            number(percentile(self.samples, 99)) if enough else "",
            self.baseline,
            number(median(self.against)) if self.against else "",
            "" if ratio is None else number(ratio),
            self._aim(),
            "missed" if self.missed else "",
        )

    def _aim(self) -> str:
        if self.aim is None:
            return ""
        sign = ">=" if self.at_least else "<="
        kind = {"ratio": "", "p50": "", "p99": " p99", "p99 ratio": " p99"}[self.judged]
        return f"{sign}{self.aim:g}{kind}{'x' if 'ratio' in self.judged else ''}"


def percentile(samples: Sequence[float], percent: float) -> float:
    """The sample below which ``percent`` of the samples lie (nearest rank)."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def number(value: float) -> str:
    """Three digits that say something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.3f}"


def head() -> str:
    """The table's first line."""
    return _line(_HEAD)


def line(row: Row) -> str:
    """One row as text."""
    return _line(row.cells())


def _line(cells: Iterable[str]) -> str:
    sides = ("<", ">", ">", ">", "<", ">", ">", ">", "<")
    return "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(cells, sides, _WIDTHS, strict=True)).rstrip()
