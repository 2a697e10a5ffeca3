"""How many files this process may have open: an environment needs about a dozen, a connection one."""

import resource

_WANTED = 65_536  # a thousand environments, and their clients


def have_many() -> None:
    """Raise the soft limit, which is often 1,024, as far as the host's hard one allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
