"""Tests, in the shape of the house: ``tests/<wing>/`` mirrors ``tutor/<wing>/``."""
