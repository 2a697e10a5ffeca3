"""Asks a handler who it is and where it stands."""

CODE = """
import os


def lambda_handler(event, context):
    return {
        "root": os.geteuid() == 0,
        "working_directory": os.getcwd(),
        "code_directory": os.path.dirname(os.path.abspath(__file__)),
    }
"""


def observe(stage):
    return stage.function(CODE).invoke().payload
