"""The words, in a layer that several functions can share."""


def of(name):
    """A greeting."""
    return f"Good morning, {name}."
