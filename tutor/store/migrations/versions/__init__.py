"""One file for each revision; a revision is never changed once it has been released."""
