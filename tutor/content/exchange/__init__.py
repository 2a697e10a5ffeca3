"""The questions in the formats of other programs. One file per format, each a function from questions to bytes."""
