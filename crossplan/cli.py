"""Arguments in, text and exit code out."""


def main() -> int:
    """Run crossplan; the process exits with the code returned."""
    return 2
