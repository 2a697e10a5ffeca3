"""How the tables came to be, revision by revision. ``env.py`` is Alembic's entrance, run by ``store.migration``."""
