"""Text of strangers made harmless, and files replaced as a whole."""
