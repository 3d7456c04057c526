"""Runs a command so that it does not outlive the process that wants it.

    python -I -S tether.py PARENT COMMAND [ARGUMENT ...]

The kernel sends SIGKILL to a process that has asked for it when its parent ends, however that ends
(prctl(2), PR_SET_PDEATHSIG); the wish stays over an exec. It has to be asked for between fork and
exec, and Python code that runs there can deadlock where the parent has threads (subprocess's
preexec_fn); so this program asks, and then becomes the command: one pid, no shell between.

Run by its path, with the standard library alone: it is there for a few milliseconds.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(parent: int, command: list[str]) -> int:
    """Becomes `command`; gives an exit code where that cannot be."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before we asked
            return 1
    try:
        os.execv(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return 127


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
