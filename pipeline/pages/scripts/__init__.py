"""Data that the site's scripts load: what the finder searches, and their words."""
