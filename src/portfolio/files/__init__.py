"""Attachments: what may come in, where it lies, who may take it out."""
