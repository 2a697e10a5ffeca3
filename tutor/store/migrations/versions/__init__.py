"""One file for each revision; a revision is never changed once it has been released.

To change the tables: write ``r<number>_<what>.py`` here with the next revision, change ``store.tables`` and its
``HEAD``. Tests hold the three together, and try that rows are kept.
"""
