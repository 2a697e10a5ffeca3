"""The memory that a function held, as a small curve against its limit."""

from collections.abc import Sequence

_STEPS = "▁▂▃▄▅▆▇█"


def memory_curve(samples: Sequence[tuple[float, float]], limit_mb: float, cells: int) -> str:
    """``cells`` characters, each as high as the most that was held in its share of the time; empty without samples."""
    if not samples or cells < 1 or limit_mb <= 0:
        return ""
    end = samples[-1][0] or 1.0
    highest = [0.0] * cells
    for at, held in samples:
        index = min(cells - 1, max(0, int(at / end * cells)))
        highest[index] = max(highest[index], held)
    return "".join(_step(held, limit_mb) for held in _without_gaps(highest))


def _without_gaps(highest: Sequence[float]) -> list[float]:
    """A share of the time without a sample is as high as the one before."""
    known = next((held for held in highest if held), 0.0)
    filled = []
    for held in highest:
        known = held or known
        filled.append(known)
    return filled


def _step(held: float, limit_mb: float) -> str:
    share = min(1.0, max(0.0, held / limit_mb))
    return _STEPS[min(len(_STEPS) - 1, int(share * len(_STEPS)))]
