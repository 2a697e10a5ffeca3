"""Where handlers run: one execution environment is one supervised, isolated process tree."""
