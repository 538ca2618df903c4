"""crossplan: what PyO3 will conclude about a cross build, whether that is true, and what makes it so.

The pipeline, one stage a module, imports going one way only::

     Sysroot ───scan──▶ Evidence ─┐
     argv, environ ───▶ Request ──┼──resolve──▶ Resolution ──checks──▶ Findings ─┐
     pyo3.toml ───────▶ Rules ────┘      ▲                                       ├──▶ Report ──render──▶ text
                                         │                                       │
                         plan: proposes an environment, and asks what PyO3 ──────┘
                               will conclude from it
"""

__version__ = "0.1.0"
