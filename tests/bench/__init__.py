"""Measurements, not tests: ``make bench`` prints them, pytest does not collect them."""
