"""An answer with a tuple, a number as key, and a Decimal."""

CODE = '''
from decimal import Decimal


def lambda_handler(event, context):
    return {"size": (2, 3), "stock": {event["pieces"]: "lamps"}, "price": Decimal(event["price"])}
'''


def observe(stage, price, pieces):
    """One invocation; the kinds of what came back."""
    invocation = stage.function(CODE).invoke({"price": price, "pieces": pieces})
    answer = invocation.payload if invocation.function_error is None else {"size": None, "stock": {}, "price": None}
    return {
        "size": type(answer["size"]).__name__,
        "key": type(next(iter(answer["stock"]), None)).__name__,
        "price": type(answer["price"]).__name__,
        "error_type": invocation.error_type,
    }
