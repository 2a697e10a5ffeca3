"""The warehouse. It says in the log what it books. Leave this file as it is."""


def book(article, order):
    """Book an order. Raises ValueError if there is no such article."""
    if article == "unicorn":
        raise ValueError(f"order {order}: there is no unicorn")
    print("BOOKED", order)
