"""Compile each crossplan/data/*.toml to the JSON that is loaded at run time (see crossplan/data/__init__.py).

python scripts/compile_tables.py          write them
python scripts/compile_tables.py --check  exit with 1 if one is out of date
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "crossplan" / "data"


def main() -> int:
    """Compile, or check."""
    stale = []
    for source in sorted(DATA.glob("*.toml")):
        compiled = json.dumps(tomllib.loads(source.read_text("utf-8")), separators=(",", ":"), sort_keys=True) + "\n"
        target = source.with_suffix(".json")
        if "--check" in sys.argv:
            if not target.exists() or target.read_text("utf-8") != compiled:
                stale.append(target.name)
        else:
            target.write_text(compiled, "utf-8")
    if stale:
        print("out of date, run `make tables`:", ", ".join(stale), file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
