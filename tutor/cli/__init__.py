"""The command line: arguments in, data to stdout, narration to stderr, exit codes."""
