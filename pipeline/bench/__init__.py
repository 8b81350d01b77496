"""How right and how fast: invented reports with a known truth, seconds and memory of each stage."""
