"""Frozen data that every stage speaks of; imports nothing of ours."""
