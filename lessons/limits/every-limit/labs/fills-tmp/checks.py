"""What the lab "fills-tmp" demands."""

NIGHTS = ("monday", "tuesday")
BASES = {"monday": 1200, "tuesday": 3400}


def _total(night, parts):
    return sum(BASES[night] + 17 * number for number in range(parts))


def _night(run, night, given):
    if run.function_error is not None:
        return False, f"the night of {night} ended with {run.error_type}: {run.error_message}"
    expected = _total(night, given["parts"])
    got = run.payload.get("total") if isinstance(run.payload, dict) else None
    if got != expected:
        return False, f"the parts of {night} add up to {expected}, and it answered {got!r}"
    return True, f"the night of {night} answered {got}"


def first_night(runs, given):
    """The first night's total."""
    return _night(runs[0], NIGHTS[0], given)


def second_night(runs, given):
    """The second night's total, on the disk that the first one left."""
    return _night(runs[1], NIGHTS[1], given)


def cleans_up(runs, given):
    """Both nights found the same room, to within one megabyte."""
    for run, night in zip(runs, NIGHTS, strict=True):
        if run.function_error is not None:
            return None, f"not judged: the night of {night} did not answer"
    found = [run.payload.get("found_free_mb") if isinstance(run.payload, dict) else None for run in runs]
    if not all(isinstance(room, (int, float)) for room in found):
        return False, f"each answer must say found_free_mb, the room at its start; they said {found}"
    if not 0 < found[0] <= runs[0].configuration.get("ephemeral_storage", found[0]):
        return False, f"the first night says it found {found[0]} MB, more than /tmp can have"
    if found[1] < found[0] - 1:
        return False, f"the first night found {found[0]} MB free, the second one {found[1]} MB"
    return True, f"both nights found {found[1]} MB free"
