"""`Situation`: a request, the evidence for it, and a way to ask what PyO3 makes of an environment.

Checks judge it and the plan mends it, so both see the same values.
"""

from __future__ import annotations

from collections.abc import Mapping

from crossplan.evidence import Evidence
from crossplan.pyo3 import Rules
from crossplan.record import field, record, replace
from crossplan.request import Request
from crossplan.resolve import BuildRequest, Resolution, resolve
from crossplan.selection import Selection
from crossplan.toolchain.host_python import HostProvider, HostPython


@record
class Situation:
    """What is known before anything is proposed.

    `environ` is the environment under judgement: the user's own, or (`planned`) that of the plan. `rules` is None for a
    release that is not described. `files` are files that the plan would write, path to text. `lib_dir` is what lies in the
    folder that PYO3_CROSS_LIB_DIR names, where that is outside the root. `twin` is the situation of the request's twin.
    """

    request: Request
    rules: Rules | None
    evidence: Evidence | None
    selection: Selection | None
    provider: HostProvider | None
    environ: Mapping[str, str]
    resolution: Resolution | None
    planned: bool = False
    files: Mapping[str, str] = field(default_factory=dict)
    lib_dir: Evidence | None = None
    twin: Situation | None = None

    def predict(self, environ: Mapping[str, str], files: Mapping[str, str]) -> Resolution | None:
        """What that release concludes from an environment, files that are not written yet included."""
        if self.rules is None:
            return None
        request = self.request
        return resolve(
            BuildRequest(
                pyo3=request.pyo3.value,
                target=request.target.triple,
                host=request.host,
                features=frozenset(request.feature_names),
                env=request.script_environment(environ),
                cwd=request.build_cwd,
                crate=request.crate,
                host_python=self.provider,
                files=files,
            )
        )

    def host_suffix(self, environ: Mapping[str, str], resolution: Resolution | None) -> str | None:
        """EXT_SUFFIX of the host's Python, where a conclusion is its answer and the target is the host itself."""
        origin = resolution.origins.get("executable") if resolution is not None else None
        if self.provider is None or origin is None or origin.kind != "interpreter" or origin.place is None:
            return None
        if self.request.host != self.request.target.triple:
            return None
        answer = self.provider.probe(origin.place, self.request.script_environment(environ), self.request.build_cwd)
        return answer.ext_suffix if isinstance(answer, HostPython) else None

    def resolved(self) -> Situation:
        """The same situation with what PyO3 concludes from its environment."""
        return replace(self, resolution=self.predict(self.environ, self.files))

    def under(self, environ: Mapping[str, str], files: Mapping[str, str], resolution: Resolution | None) -> Situation:
        """The same situation, judged under the plan's environment."""
        return replace(self, environ=environ, files=files, resolution=resolution, planned=True)


def apply(environ: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """An environment with a change list applied: a value sets, None unsets."""
    result = {name: value for name, value in environ.items() if changes.get(name, "") is not None}
    return {**result, **{name: value for name, value in changes.items() if value is not None}}
