"""What can be seen of a region: log groups and metrics as AWS has them, and a timeline of its own."""
