"""Start one program, bounded in time and output; every other module of this package goes through here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from crossplan.record import record

SECONDS = 10.0
OUTPUT_BYTES = 4 << 20


@record
class Outcome:
    """How a program ended. `status` is None if it could not be started or ran out of time; `failure` then says why."""

    status: int | None
    stdout: bytes = b""
    stderr: bytes = b""
    failure: str | None = None
    errno: int | None = None

    @property
    def ok(self) -> bool:
        """Whether it ran to its end and succeeded."""
        return self.status == 0

    def text(self) -> str:
        """Standard output as text, stripped; bytes that are no UTF-8 are replaced."""
        return self.stdout.decode("utf-8", "replace").strip()


def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | str | None = None,
    stdin: bytes = b"",
    seconds: float = SECONDS,
) -> Outcome:
    """Run `argv` with exactly `env`, feed `stdin`, wait at most `seconds`. Never raises for what the program does."""
    import subprocess  # which takes longer to import than most programs to answer

    try:
        done = subprocess.run(
            list(argv), env=dict(env), cwd=cwd, input=stdin, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(None, failure=f"no answer within {seconds:g} s")
    except (OSError, ValueError) as error:
        return Outcome(None, failure=str(error), errno=getattr(error, "errno", None))
    return Outcome(done.returncode, done.stdout[:OUTPUT_BYTES], done.stderr[:OUTPUT_BYTES])
