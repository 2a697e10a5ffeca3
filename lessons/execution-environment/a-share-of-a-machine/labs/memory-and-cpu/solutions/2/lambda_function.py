"""Compresses a picture."""

import compressor


def lambda_handler(event, context):
    return {"file": compressor.compress(event["picture"])}
