"""Adapt a copy of `pyo3-build-config` so that what is fixed when it is compiled can be chosen when it runs.

Up to 0.28 the crate includes at compile time the texts that its own build script wrote (the host's Python, the config file);
each request would need a new compile. The copy reads them when it runs, from the folder that `CROSSPLAN_ORACLE_BAKED` names.
The host triple (0.16.3 on) comes from `CROSSPLAN_ORACLE_HOST`, and `cfg!(windows)` follows it. Each child interpreter is the
program that `CROSSPLAN_ORACLE_PYTHON` names, whatever path was looked for. Without these variables the copy is the original.
"""

import re
from pathlib import Path

_COMMON = """
// The rest was appended by crossplan's oracle.

#[allow(dead_code)]
pub fn oracle_windows() -> bool {
    match std::env::var("CROSSPLAN_ORACLE_HOST") {
        Ok(host) => host.contains("-windows-"),
        Err(_) => cfg!(windows),
    }
}

#[allow(dead_code)]
fn oracle_program<S: AsRef<std::ffi::OsStr>>(wanted: S) -> std::ffi::OsString {
    std::env::var_os("CROSSPLAN_ORACLE_PYTHON").unwrap_or_else(|| wanted.as_ref().to_os_string())
}
"""

_HOST = """
#[allow(dead_code)]
pub fn oracle_host() -> Triple {
    match std::env::var("CROSSPLAN_ORACLE_HOST") {
        Ok(host) => host.parse().expect("CROSSPLAN_ORACLE_HOST"),
        Err(_) => Triple::host(),
    }
}
"""

_CROSS_TRIPLES = """
#[allow(dead_code)]
pub fn oracle_cross(target: &str) -> Option<bool> {
    let target: Triple = target.parse().ok()?;
    Some(!matches!(cross_compiling_from_to(&oracle_host(), &target), Ok(None)))
}
"""

_CROSS_STRINGS = """
#[allow(dead_code)]
pub fn oracle_cross(_target: &str) -> Option<bool> {
    Some(!matches!(ORACLE_DETECTION, Ok(None)))
}
"""

_LIB = """
// The rest was appended by crossplan's oracle.

pub use impl_::oracle_cross;

#[allow(dead_code)]
fn oracle_dir() -> String {
    std::env::var("CROSSPLAN_ORACLE_BAKED").unwrap_or_else(|_| ORACLE_OUT_DIR.to_owned())
}

#[allow(dead_code)]
fn oracle_text(name: &str) -> &'static str {
    let path = std::path::Path::new(&oracle_dir()).join(name);
    Box::leak(std::fs::read_to_string(path).unwrap_or_default().into_boxed_str())
}
"""

_INCLUDED = re.compile(r'const (\w+): &str =\s*include_str!\(concat!\(env!\("OUT_DIR"\), "/([^"]+)"\)\);')
_NAMED = re.compile(r'const (\w+): &str =\s*concat!\(env!\("OUT_DIR"\), "/([^"]+)"\);')


class PatchError(Exception):
    """The crate's source does not look as expected; nothing was compiled."""


def patch_crate(crate: Path) -> None:
    """Adapt the copy of `pyo3-build-config` in `crate` in place. Raises `PatchError` where a place is not found."""
    impl = crate / "src" / "impl_.rs"
    impl.write_text(_patched_impl(impl.read_text()))
    lib = crate / "src" / "lib.rs"
    lib.write_text(_patched_lib(lib.read_text()))


def _patched_impl(text: str) -> str:
    """`impl_.rs`, which the crate's library and its build script share."""
    text, tests = _without_tests(text)
    triples = "Triple::host()" in text
    text = text.replace("Triple::host()", "oracle_host()").replace("cfg!(windows)", "oracle_windows()")
    for wanted in ("interpreter", "bin"):
        if f"Command::new({wanted})" not in text:
            raise PatchError(f"no Command::new({wanted}) in impl_.rs")
        text = text.replace(f"Command::new({wanted})", f"Command::new(oracle_program({wanted}))")
    if triples:
        return text + _COMMON + _HOST + _CROSS_TRIPLES + tests
    return text + _COMMON + _CROSS_STRINGS.replace("ORACLE_DETECTION", _string_detection(text)) + tests


def _string_detection(text: str) -> str:
    """The call by which a release before 0.16.3 detects a cross build."""
    if re.search(r"fn cross_compiling\(\) ->", text):  # 0.14, 0.15
        return "cross_compiling()"
    if re.search(r"fn cross_compiling_from_cargo_env\(\)", text):  # 0.16.0 to 0.16.2
        return "cross_compiling_from_cargo_env()"
    raise PatchError("no known detection in impl_.rs")


def _patched_lib(text: str) -> str:
    """`lib.rs`: included texts become functions, and the folder of cross configurations is read when it runs."""
    text, tests = _without_tests(text)
    # 0.14.0 and 0.14.1: where pyo3's script puts the configuration, which no other script reads
    text = text.replace('PATH: &str = concat!(env!("OUT_DIR"), "/pyo3-build-config.txt")', 'PATH: &str = "/dev/null"')
    for name, file in _INCLUDED.findall(text):
        function = f"oracle_{name.lower()}()"
        text = text.replace(f"Cursor::new({name})", f"Cursor::new({function})")
        text = text.replace(f"!{name}.is_empty()", f"!{function}.is_empty()")
        text = _INCLUDED.sub(f'fn {function} -> &\'static str {{ oracle_text("{file}") }}', text, count=1)
    for name, file in _NAMED.findall(text):
        function = f"oracle_{name.lower()}()"
        body = f'{{ Box::leak(format!("{{}}/{file}", oracle_dir()).into_boxed_str()) }}'
        text = _NAMED.sub(f"fn {function} -> &'static str {body}", text, count=1)
        text = re.sub(rf"\b{name}\b", function, text)
    text = text.replace('PathBuf::from(env!("OUT_DIR"))', "PathBuf::from(oracle_dir())")
    baked = "oracle_text(" in text or "oracle_dir()" in text
    if 'env!("OUT_DIR")' in text:
        raise PatchError("lib.rs still holds a compile-time OUT_DIR")
    return text + _LIB.replace("ORACLE_OUT_DIR", 'env!("OUT_DIR")' if baked else '""') + tests


def _without_tests(text: str) -> tuple[str, str]:
    """The text before the crate's own tests, and the rest, which stays as it is."""
    at = text.find("#[cfg(test)]\nmod ")
    return (text, "") if at < 0 else (text[:at], text[at:])
