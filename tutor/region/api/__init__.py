"""AWS's own API of Lambda over HTTP: requests in, parameters out, results in, answers out.

Everything here is interpreted from botocore's service model; no operation's shape is written by hand.
"""
