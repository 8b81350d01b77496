"""What lies in ``datapackage/reports``: which reports are filed, from where, and what people said of their figures."""
