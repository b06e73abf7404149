"""python -m ankleviewer."""

import sys

from ankleviewer.cli import main

if __name__ == "__main__":
    sys.exit(main())
