"""Stands for the shop's database. There is nothing to repair in this file."""

ORDERS = 20000
FACTORS = {"monday": 7919, "tuesday": 104729}


def orders_of(day):
    """All orders of a day; no two of them have the same number of cents."""
    return [
        {
            "id": f"{day}-{number}",
            "cents": 500 + number * FACTORS[day] % 99991,
            "note": f"order {number}: please ring twice, then leave it with the neighbours. ".ljust(400, "."),
        }
        for number in range(ORDERS)
    ]
