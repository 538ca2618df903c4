"""Where names and files decide, `crossplan env` asks no program, and so takes no longer than reading them."""

from __future__ import annotations

from scripts import sessions


def test_env_starts_no_program_that_it_does_not_need() -> None:
    with sessions.machine() as home:
        for name, text in sessions.PROGRAMS.items():
            (home / "bin" / name).write_text(text.replace("\n", f'\necho {name} "$@" >> "$HOME/started"\n', 1))
        command = f"crossplan env --target armv7-unknown-linux-gnueabihf --sysroot sysroots/{sessions.ROOT}"
        assert "export PYO3_CROSS_LIB_DIR=" in sessions.run(command, home)
        assert not (home / "started").exists(), (home / "started").read_text()
