"""What runs inside an execution environment: standard library only, nothing of ours is imported from here or by here."""
