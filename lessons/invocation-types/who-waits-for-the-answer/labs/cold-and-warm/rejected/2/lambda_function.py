"""Near-miss: it keeps the whole answer. The next caller gets what the first one asked for."""

import prices

answer = None


def lambda_handler(event, context):
    global answer
    if answer is None:
        price_list = prices.load()
        answer = {"article": event["article"], "cents": price_list[event["article"]] * event["pieces"]}
    return answer
