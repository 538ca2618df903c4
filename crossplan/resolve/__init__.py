"""What one PyO3 release will conclude from one environment: `resolve(BuildRequest) -> Resolution`."""

from __future__ import annotations

from crossplan.resolve.flow import resolve
from crossplan.resolve.types import BuildRequest, InterpreterConfig, PassedOver, Resolution, Step

__all__ = ["BuildRequest", "InterpreterConfig", "PassedOver", "Resolution", "Step", "resolve"]
