"""Checked reports → the data package: CSVs and descriptor, validated, put in place as a whole."""
