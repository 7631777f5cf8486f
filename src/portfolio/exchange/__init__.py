"""Files in and out: imports with preview and rejects, exports with dictionary and digest, the API of other systems."""
