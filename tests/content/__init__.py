"""Tests of tutor.content."""
