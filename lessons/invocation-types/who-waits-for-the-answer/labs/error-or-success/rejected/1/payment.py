"""Stands for the payment service. There is nothing to repair in this file."""


class Declined(Exception):
    """The card was not accepted."""


def charge(order, card, cents):
    """The receipt; raises Declined for a card whose number begins with 000."""
    if card.startswith("000"):
        raise Declined(f"the card for order {order} was declined, {cents} cents are open")
    return f"paid {order}"
