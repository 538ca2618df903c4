"""Readers: bytes or text of one format in, one frozen record or `ReadError` out. Nothing else escapes them."""
