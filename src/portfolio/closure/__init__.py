"""The end of a project and what lives on: close-out, evaluation, services with their yearly review, external reviews."""
