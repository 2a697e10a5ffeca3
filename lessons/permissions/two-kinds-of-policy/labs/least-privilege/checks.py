"""The demands on the role's policy."""


def works(seen, given):
    """The handler's own two calls are allowed."""
    if seen["answered"] == given["files"]:
        return True, f"it answered {seen['answered']} times"
    return False, f"it answered {seen['answered']} times; {seen['error']}"


def logs(seen, given):
    """Without the right the log is lost in silence."""
    return seen["log_lines"] > 0, f"{seen['log_lines']} lines arrived"


def bucket_only(seen, given):
    """Neither another action nor another bucket."""
    return _refused(seen["bucket_through"])


def queue_only(seen, given):
    """Neither another action nor another queue."""
    return _refused(seen["queue_through"])


def nothing_else(seen, given):
    """Nothing beside."""
    return _refused(seen["else_through"])


def _refused(through):
    return not through, f"these got through: {through}" if through else "everything else was refused"
