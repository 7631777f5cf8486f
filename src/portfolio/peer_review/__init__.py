"""Peer review by CIOs of other institutions: assignment, conflicts, sealed reviews with reasons; observations on sections."""
