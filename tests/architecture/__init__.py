"""The house keeps its shape: contracts between the packages, names, sizes, and what the repository holds."""
