"""What the lab "memory-and-cpu" demands."""

PICTURES = ("lamp", "desk")


def _used(run):
    """What the handler took; a cold start's bill holds its INIT as well, which no memory size shortens."""
    init = run.report.init_duration_ms or 0
    return run.report.memory_size_mb * max(0, run.report.billed_duration_ms - init) / 1000


def compresses(runs, given):
    """Both answers name the file, and no run was shorter than the computing takes."""
    for run, picture in zip(runs, PICTURES, strict=True):
        if run.function_error is not None:
            return False, f"the picture of a {picture} ended with {run.error_type}: {run.error_message}"
        if run.payload != {"file": f"{picture}.compressed"}:
            return False, f"the {picture} should become {picture}.compressed, and it answered {run.payload!r}"
        if run.report.duration_ms < given["cpu_ms"] * 0.9:
            return False, (
                f"the picture of a {picture} took {run.report.duration_ms:.0f} ms, "
                f"and compressing one takes {given['cpu_ms']} ms at least"
            )
    return True, "both pictures were compressed"


def soon(runs, given):
    """No run takes longer than it may."""
    for run, picture in zip(runs, PICTURES, strict=True):
        took, memory = run.report.duration_ms, run.report.memory_size_mb
        if took >= given["soon_ms"]:
            return False, f"with {memory} MB the picture of a {picture} took {took:.0f} ms"
        if run.function_error is not None:
            return None, f"not judged: the picture of a {picture} ended with {run.error_type}"
    longest = max(run.report.duration_ms for run in runs)
    return True, f"the longer of the two took {longest:.0f} ms"


def affordable(runs, given):
    """Memory multiplied by time stays below the bound."""
    for run, picture in zip(runs, PICTURES, strict=True):
        if run.function_error is not None:
            return None, f"not judged: the picture of a {picture} ended with {run.error_type}"
        if _used(run) > given["most"]:
            return False, (
                f"with {run.report.memory_size_mb} MB the picture of a {picture} cost {_used(run):.0f} MB-seconds: "
                "memory beyond one vCPU is of no use to one thread"
            )
    return True, f"the dearer of the two cost {max(_used(run) for run in runs):.0f} MB-seconds"
