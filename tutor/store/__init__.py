"""Remembers what the learner did, through SQLAlchemy."""
