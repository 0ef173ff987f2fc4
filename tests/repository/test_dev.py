"""What `python3 dev.py` promises of the programs that it runs."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
RUN = f"import sys, dev; sys.exit(dev.run([sys.executable, '-c', {PROGRAM!r}]))"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_program_ends_with_dev() -> None:
    """SIGTERM goes on to the program that was started, which must not keep its port."""
    with subprocess.Popen([sys.executable, "-c", RUN], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        program = int(process.stdout.readline())
        time.sleep(0.2)
        process.terminate()
        try:
            process.wait(20)
            with pytest.raises(ProcessLookupError):
                os.kill(program, 0)
        finally:
            if process.poll() is None:
                process.kill()
            with contextlib.suppress(ProcessLookupError):
                os.kill(program, signal.SIGKILL)
