"""Looks how much room /tmp has, with little memory, with much memory, and with more ephemeral storage."""

CODE = """
import os


def lambda_handler(event, context):
    disk = os.statvfs("/tmp")
    return disk.f_blocks * disk.f_frsize // (1024 * 1024)
"""


def observe(stage, small, large, more_storage):
    little = stage.function(CODE, memory_size=small, timeout=20).invoke().payload
    much = stage.function(CODE, memory_size=large, timeout=20).invoke().payload
    more = stage.function(CODE, memory_size=small, timeout=20, ephemeral_storage=more_storage).invoke().payload
    return {
        "room_mb": little,
        "room_with_more_memory_mb": much,
        "room_with_more_storage_mb": more,
        "same_with_more_memory": little == much,
        "larger_with_more_storage": more > little,
    }
