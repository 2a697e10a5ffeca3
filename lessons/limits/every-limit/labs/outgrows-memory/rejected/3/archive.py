"""Stands for a bucket with large files. There is nothing to repair in this file."""

PAGE_SIZE = 1024 * 1024
FACTORS = {"september": 7, "october": 11}


def pages(month, count):
    """Hand out the pages of a month one by one, each as bytes."""
    for number in range(count):
        errors = number * FACTORS[month] % 23
        yield f"errors={errors}\n".encode().ljust(PAGE_SIZE, b".")
