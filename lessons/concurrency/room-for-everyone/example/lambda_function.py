"""How many environments a function needs at the same moment."""

import math


def lambda_handler(event, context):
    in_progress = event["requests_per_second"] * event["seconds_each"]
    return {"environments": math.ceil(in_progress)}
