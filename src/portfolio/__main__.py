"""`python -m portfolio` is the `portfolio` command."""

import sys

from portfolio.cli import main

if __name__ == "__main__":
    sys.exit(main())
