"""Waiting for a descriptor, also where a process has more than a thousand."""

import os
import resource
import socket

import pytest

from tutor.sandbox.arrival import arrives


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 1200, reason="the host gives fewer descriptors")
def test_a_descriptor_of_a_high_number() -> None:
    """Nothing has come, something has, the other side has gone."""
    ours, theirs = socket.socketpair()
    high = os.dup2(ours.fileno(), 1100)
    try:
        assert not arrives(high, 0)
        theirs.send(b"x")
        assert arrives(high, 30)
        os.read(high, 1)
        theirs.close()
        assert arrives(high, 30)
    finally:
        os.close(high)
        ours.close()
        theirs.close()
