"""What is built from the repository and installed elsewhere."""
