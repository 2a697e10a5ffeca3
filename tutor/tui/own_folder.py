"""The learner's folder, tried before anything is promised to be kept in it."""

import tempfile

from tutor import locations
from tutor.errors import StoreError


def demand_own_folder() -> None:
    """Make the learner's folder if need be and write a file in it that is gone again at once.

    Raises ``StoreError`` where that cannot be done: then no answer and no lab could be saved.
    """
    home = locations.home()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return
    except OSError as error:
        raise StoreError(
            f"Nothing can be saved in {home} ({error.strerror}): make it writable, "
            "or set TUTOR_HOME to a folder that is yours."
        ) from error
