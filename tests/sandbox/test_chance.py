"""Identifiers that nobody can guess, and no two of which are the same."""

import os
import uuid

from tutor.sandbox import chance


def test_a_request_id_is_a_random_uuid() -> None:
    """Version 4 and its variant, as AWS's are; and always another one."""
    found = [chance.request_id() for _ in range(1000)]
    assert {uuid.UUID(text).version for text in found} == {4}
    assert {uuid.UUID(text).variant for text in found} == {uuid.RFC_4122}
    assert all(str(uuid.UUID(text)) == text for text in found)
    assert len(set(found)) == 1000


def test_a_forked_process_draws_its_own() -> None:
    """What was drawn ahead is forgotten in a child: two processes never give the same identifier."""
    chance.hexadecimal(1)
    ear, mouth = os.pipe()
    if os.fork() == 0:
        os.write(mouth, chance.hexadecimal(16).encode())
        os._exit(0)
    os.wait()
    mine = chance.hexadecimal(16)
    theirs = os.read(ear, 64).decode()
    os.close(ear)
    os.close(mouth)
    assert len(mine) == len(theirs) == 32
    assert mine != theirs
