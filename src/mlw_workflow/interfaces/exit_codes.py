"""Exit codes of the command line. The last three are the shell's own customs."""

DONE = 0
REFUSED = 1
BAD_INPUT = 2
INTEGRITY = 3
UNEXPECTED = 70
INTERRUPTED = 130
PIPE_CLOSED = 141
