"""Lines for GitHub Actions: `crossplan env --format github >> "$GITHUB_ENV"`.

Each value stands between delimiters that occur in no value, so no value can begin an assignment of its own
(actions/runner, src/Runner.Worker/FileCommandManager.cs: a line is `NAME<<DELIMITER`, the value ends at a line equal to it).
"""

from __future__ import annotations

import secrets

from crossplan.render.dialects import RENAME, Changes, Refused

# Names that the runner refuses to set (FileCommandManager.cs; docs: "Default environment variables").
_RESERVED = ("GITHUB_", "RUNNER_")


def render(changes: Changes) -> str:
    """One heredoc a variable, with a fresh random delimiter. Unsetting is refused: the file cannot say it."""
    lines = []
    for name, value in changes.sorted():
        if name.startswith(_RESERVED) or name == "NODE_OPTIONS":
            raise Refused(
                "github",
                name,
                "GitHub Actions does not let a step set this name",
                f"Take --format sh, and source that file in the step that builds, so that {name} is set there alone.",
            )
        if value is None:
            raise Refused(
                "github", name, "$GITHUB_ENV cannot unset a variable", f"Remove {name} where the workflow sets it."
            )
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise Refused("github", name, "$GITHUB_ENV must be UTF-8, and this value is not", RENAME)
        delimiter = f"crossplan_{secrets.token_hex(16)}"
        lines.append(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")
    return "".join(lines)
