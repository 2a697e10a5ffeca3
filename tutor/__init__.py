"""tutor teaches AWS Lambda by letting people break it."""

__version__ = "0.1.0"
