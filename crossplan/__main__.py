"""The program: `crossplan`, or `python -m crossplan`."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn


def program() -> NoReturn:
    """Run `main`, and end the process at once.

    Looking for cycles while modules are loaded, and taking the interpreter apart at the end, would be a tenth of the time
    that `crossplan env` takes. Memory stays flat all the same: a run that makes many objects still looks.
    """
    gc.set_threshold(50_000)
    from crossplan.cli import main

    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    program()
