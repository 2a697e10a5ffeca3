"""Asks for the least and the most of each setting, one more and one less, and for nothing at all."""

CODE = """
def lambda_handler(event, context):
    return {
        "memory": int(context.memory_limit_in_mb),
        "remaining_ms": context.get_remaining_time_in_millis(),
    }
"""


def asked_for(stage, **setting):
    try:
        stage.function(CODE, **setting)
    except ValueError as refusal:
        return refusal.code
    return "accepted"


def edges(stage, name, setting, least, most):
    return {
        f"{name}_below_least": asked_for(stage, **{setting: least - 1}),
        f"{name}_least": asked_for(stage, **{setting: least}),
        f"{name}_one_more": asked_for(stage, **{setting: least + 1}),
        f"{name}_most": asked_for(stage, **{setting: most}),
        f"{name}_above_most": asked_for(stage, **{setting: most + 1}),
    }


def observe(stage, memory, timeout, storage):
    unconfigured = stage.function(CODE)
    defaults = [unconfigured.invoke().payload for _ in range(3)]
    most_remaining_ms = max(answer["remaining_ms"] for answer in defaults)
    return {
        **edges(stage, "memory", "memory_size", *memory),
        **edges(stage, "timeout", "timeout", *timeout),
        **edges(stage, "storage", "ephemeral_storage", *storage),
        "default_memory": defaults[0]["memory"],
        "default_timeout": -(-most_remaining_ms // 1000),
    }
