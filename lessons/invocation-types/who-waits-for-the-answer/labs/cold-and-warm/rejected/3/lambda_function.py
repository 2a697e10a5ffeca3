"""Near-miss: the list is copied into the code. It never loads, so it never learns of a new price either."""

PRICE_LIST = {"lamp": 4900, "desk": 19900, "chair": 7900}


def lambda_handler(event, context):
    return {"article": event["article"], "cents": PRICE_LIST[event["article"]] * event["pieces"]}
