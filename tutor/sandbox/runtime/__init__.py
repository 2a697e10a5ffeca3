"""What runs inside an execution environment: standard library only, and it imports nothing of ours."""
