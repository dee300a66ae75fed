"""One file per verb: `configure(parser)` says its arguments, `run(arguments)` does it and returns the exit code."""
