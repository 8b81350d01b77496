"""Docs folder → site: MkDocs, the heavy HTML put in its place, the search index, the copy that opens from disk."""
