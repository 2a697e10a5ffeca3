"""A handler that stays inside every limit and says what it was given."""

import shutil

MEGABYTE = 1024 * 1024


def lambda_handler(event, context):
    room = shutil.disk_usage("/tmp")
    return {
        "hello": event["name"],
        "memory_mb": int(context.memory_limit_in_mb),
        "milliseconds_left": context.get_remaining_time_in_millis(),
        "tmp_free_mb": room.free // MEGABYTE,
    }
