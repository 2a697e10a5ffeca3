"""Near-miss: it reads a copy of yesterday's stock and asks nobody. It is right only until a piece is sold."""

import warehouses


def lambda_handler(event, context):
    pieces = sum(stock[event["article"]] for stock in warehouses.STOCK.values())
    return {"article": event["article"], "pieces": pieces}
