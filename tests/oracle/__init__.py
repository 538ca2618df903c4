"""PyO3's real build scripts, compiled once and asked directly: what crossplan's `resolve` is measured against.

`prepare` compiles the scripts of a release with cargo and keeps them in a cache outside the tree, `answer` runs them for
one request and gives the answer in the wire form of `crossplan resolve`, `generate` makes random requests, `compare` says
where two answers differ. Nothing of PyO3's is in this tree: the crates come from the registry and are adapted in the cache.
"""
