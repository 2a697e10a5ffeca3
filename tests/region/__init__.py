"""The region, tried as its users would: real clients, real handlers, its own clock."""
