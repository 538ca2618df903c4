"""What maturin concludes from the same environment, where it does not leave that to PyO3, and where the two differ.

maturin 1.16: src/cross_compile.rs (`is_cross_compiling`), src/python_interpreter/mod.rs (`find_interpreter`),
src/python_interpreter/config.rs (`from_pyo3_config`), src/target/mod.rs.
"""

from __future__ import annotations

from crossplan.data import load
from crossplan.plan.artifact import stable_abi
from crossplan.plan.model import Plan
from crossplan.record import record
from crossplan.triple import Target, builtin


@record
class MaturinView:
    """`suffix`: what maturin calls the module, None where it stops. `needs`: what it must be told, for `-i`.

    `differences` are sentences, each about one thing that PyO3 and maturin see otherwise.
    """

    cross: bool
    suffix: str | None
    needs: str | None
    differences: tuple[str, ...]


def maturin_view(plan: Plan) -> MaturinView | None:
    """maturin's conclusion under the plan; None where nothing says that maturin builds."""
    situation = plan.planned
    request, resolution = situation.request, situation.resolution
    if "maturin" not in (request.tool.value, request.backend) or resolution is None or resolution.config is None:
        return None
    cross = is_cross(request.target, request.host)
    own = plan.artifact.suffix
    differences = []
    if resolution.cross is not None and cross != resolution.cross:
        words = {True: "a cross build", False: "a build for this machine"}
        differences.append(f"maturin takes this for {words[cross]}, PyO3 for {words[resolution.cross]}")
    if stable_abi(resolution) is not None or not cross:
        return MaturinView(cross, own, None, tuple(differences))
    has_file, has_dir = "PYO3_CONFIG_FILE" in situation.environ, "PYO3_CROSS_LIB_DIR" in situation.environ
    described = situation.selection is not None and situation.selection.python is not None and has_dir
    suffix = own if described and not has_file else _table_suffix(plan)
    if own is not None and suffix is not None and suffix != own:
        differences.append(f"maturin would call the module *{suffix}; the target's Python imports *{own}")
    needs = None if has_file or has_dir or plan.goal is None else plan.goal.program
    return MaturinView(cross, suffix, needs, tuple(differences))


def is_cross(target: Target, host: str) -> bool:
    """Whether maturin takes it for a cross build: unlike PyO3 it compares the C library, and never for Apple's."""
    own = builtin(host)
    if own is None or target.triple == host:
        return own is None
    apple = target.os == "ios" or (target.os == own.os == "macos")
    return not apple and not (target.os == own.os == "windows" and target.machine in (own.machine, "x86"))


def _table_suffix(plan: Plan) -> str | None:
    """The suffix of maturin's own table, which it uses where it reads no description of the target's Python."""
    target, own = plan.planned.request.target, plan.artifact.suffix
    said = load("wheels")["maturin_words"].get(target.multiarch)
    return own if said is None or own is None or target.multiarch is None else own.replace(target.multiarch, said)
