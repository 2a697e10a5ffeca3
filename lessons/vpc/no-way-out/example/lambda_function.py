"""Tries to reach an address and a name, and reports how far it came."""

import socket


def reach(host, port):
    """Try one connection, for two seconds at most, and say what came of it."""
    try:
        with socket.create_connection((host, port), timeout=2):
            return "connected"
    except OSError as error:
        return f"{type(error).__name__}: {error}"


def lambda_handler(event, context):
    return {host: reach(host, event["port"]) for host in event["hosts"]}
