"""The service around the sandbox: a small AWS region whose Lambda is ours and whose neighbours are moto's.

It keeps functions, invokes them, retries, polls, delivers and counts on one clock, and speaks AWS's own API.
"""
