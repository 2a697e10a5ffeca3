"""Prices in cents, of this year."""

CENTS = {"lamp": 4900, "desk": 19900}
