"""Event source mappings: what reads queues and streams for a function, and invokes it with what was read."""
