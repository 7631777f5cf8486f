"""Reports: frames of what a person may see, the arithmetic on them, and the books made from both."""
