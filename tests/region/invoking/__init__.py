"""Functions invoked in a region: with the real sandbox, on a fast clock."""
