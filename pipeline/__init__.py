"""Annual reports on government information disclosure, from filed document to open data package and site."""

__version__ = "0.1.0"
