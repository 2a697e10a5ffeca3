"""The demands on the two updates of the alias."""


def small_share(seen, given):
    """The alias keeps version 1 and gives version 2 a little."""
    share = seen["canary_share_of_2"]
    met = f"{seen['canary_met_2']} of {given['calls']} calls met version 2"
    if given["least"] <= share <= given["most"]:
        return True, f"version 2 has {share:g} of the traffic; {met}"
    return False, f"version 2 has {share:g} of the traffic; {met}, {seen['canary_failed']} failed"


def all_back(seen, given):
    """The alias points to version 1 alone."""
    share = seen["rollback_share_of_2"]
    if share == 0 and seen["rollback_met_2"] == 0:
        return True, f"all {given['calls']} calls met version 1 and none failed"
    return False, f"version 2 still has {share:g} of the traffic; {seen['rollback_met_2']} calls met it"
