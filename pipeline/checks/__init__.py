"""Reports + rules → outcomes: pass, fail, not assessable; and what they say in words."""
