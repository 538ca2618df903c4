"""What the host's programs say: the only package of crossplan that starts programs, each with a time limit."""
