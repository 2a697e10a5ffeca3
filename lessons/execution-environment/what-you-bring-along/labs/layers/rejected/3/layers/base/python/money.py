"""How amounts are written."""


def written(cents):
    """An amount in cents as a text."""
    return f"{cents // 100}.{cents % 100:02}"
