"""What Lambda says: pure rules and values in AWS's own words. No I/O, no clock, no chance."""
