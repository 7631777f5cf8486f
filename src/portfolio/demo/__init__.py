"""The demonstration country: invented institutions, people and cases, made by the same actions that people use."""
