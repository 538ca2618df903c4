//! A program that carries the target's Python inside it, and so must be linked with the target's libpython.

use pyo3::prelude::*;

fn main() -> PyResult<()> {
    Python::attach(|python| {
        let sys = python.import("sys")?;
        let version: String = sys.getattr("version")?.extract()?;
        let maxsize: u64 = sys.getattr("maxsize")?.extract()?;
        println!("{} {} {}", usize::BITS, maxsize, version.split(' ').next().unwrap_or_default());
        Ok(())
    })
}
