"""The forms of the package that other people's tools open: one module and one entry of ``distributions.yml`` each."""
