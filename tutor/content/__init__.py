"""Reads and validates lessons/, scenarios/ and data/."""
