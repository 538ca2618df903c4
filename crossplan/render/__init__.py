"""Renderers: a finished value in, text out. Quoting belongs to them; they read nothing and decide nothing."""
