"""What a rule refuses, as a pair of AWS's code and text."""

from collections.abc import Callable

import pytest

from tutor.errors import ServiceError


def refused(rule: Callable[..., object], *arguments: object, **named: object) -> tuple[str, str]:
    """Code and text of the ``ServiceError`` that ``rule`` raises; a test fails where it raises none."""
    with pytest.raises(ServiceError) as caught:
        rule(*arguments, **named)
    return caught.value.code, caught.value.message
