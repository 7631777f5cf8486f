"""The trail: append-only, hash-chained, written in the same transaction as the change, verifiable by anyone with the file."""
