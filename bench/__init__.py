"""Measurements that anyone can repeat: `make bench`. Ratios of one run are sound on a noisy machine; absolute figures are not."""
