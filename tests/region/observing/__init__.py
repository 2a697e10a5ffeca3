"""What can be seen of a region: its logs, its metrics, its timeline."""
