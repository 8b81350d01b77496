"""The commands. The only folder that prints, reads the environment or exits."""
