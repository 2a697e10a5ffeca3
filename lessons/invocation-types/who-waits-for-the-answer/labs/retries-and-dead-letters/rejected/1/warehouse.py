"""The warehouse. It says in the log what it is asked and what it books. Leave this file as it is."""

asked = {}


class Busy(Exception):
    """Try again later."""


def book(order):
    """Book an order; raises Busy while the warehouse has no hands for it, and ValueError if it has no such article."""
    asked[order["id"]] = asked.get(order["id"], 0) + 1
    print("ASKED", order["id"])
    if order["article"] == "unicorn":
        raise ValueError(f"order {order['id']}: there is no unicorn")
    if order["article"] == "piano" and asked[order["id"]] < 3:
        raise Busy(f"order {order['id']}: no hands for a piano")
    print("BOOKED", order["id"])
