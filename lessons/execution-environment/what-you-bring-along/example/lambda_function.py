"""Greets, in words that come from a layer."""

import os

import greeting


def lambda_handler(event, context):
    return {
        "text": greeting.of(event["name"]),
        "module_from": os.path.dirname(greeting.__file__),
        "in_opt": sorted(os.listdir("/opt")),
    }
