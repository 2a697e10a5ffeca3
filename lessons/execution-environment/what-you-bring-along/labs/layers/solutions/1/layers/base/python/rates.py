"""Prices in cents, of last year."""

CENTS = {"lamp": 4500, "desk": 18900}
