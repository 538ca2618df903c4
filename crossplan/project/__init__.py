"""What the files of a user's project say: read as data, without starting Cargo or a build backend."""

from crossplan.project.model import Package, Project, Pyo3Use
from crossplan.project.read import read_project
from crossplan.project.toml import ProjectProblem

__all__ = ["Package", "Project", "ProjectProblem", "Pyo3Use", "read_project"]
