//! An extension module that can tell for which machine it was compiled.

use pyo3::prelude::*;

/// Bits of a pointer of the machine that this code was compiled for.
#[pyfunction]
fn pointer_width() -> u32 {
    usize::BITS
}

/// A sum, to see that arguments and results cross the border whole.
#[pyfunction]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

#[pymodule]
fn proofmod(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(pointer_width, module)?)?;
    module.add_function(wrap_pyfunction!(add, module)?)
}
