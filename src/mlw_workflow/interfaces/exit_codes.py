"""How a run of the command line ends. The last three codes are the shell's own customs."""

DONE = 0
REFUSED = 1
BAD_INPUT = 2
INTEGRITY = 3
UNEXPECTED = 70
INTERRUPTED = 130
PIPE_CLOSED = 141


class PipeClosed(Exception):
    """Whoever reads our output has seen enough (``mlw history P | head``). No OSError, which Typer would end with 1."""
