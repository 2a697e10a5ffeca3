"""Leaves a file in the /tmp of one environment and looks for it in another."""

CODE = """
import os


def lambda_handler(event, context):
    found = os.listdir("/tmp")
    with open("/tmp/secret", "w") as file:
        file.write("of one environment")
    return found
"""


def observe(stage):
    one, other = stage.function(CODE), stage.function(CODE)
    one.invoke()
    return {"again_in_the_same": " ".join(one.invoke().payload), "in_another": " ".join(other.invoke().payload)}
