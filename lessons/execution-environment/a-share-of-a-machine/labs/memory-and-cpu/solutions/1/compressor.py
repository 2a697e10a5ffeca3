"""Stands for a compressor. There is nothing to repair in this file."""

import time

CPU_SECONDS = 0.4


def compress(picture):
    """Compress one picture: a fixed amount of computing, in one thread."""
    begun = time.process_time()
    rounds = 0
    while time.process_time() - begun < CPU_SECONDS:
        rounds += 1
    return f"{picture}.compressed"
