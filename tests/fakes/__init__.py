"""Stand-ins for the parts that tests must not pay for: deterministic, and driven by plain values."""
