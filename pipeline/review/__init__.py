"""A pull request → what was read, what is wrong, what changes in the data."""
