"""AnkleViewer: see whether an ankle CT shows a fracture, and where. Research use, not for diagnosis."""

import os

__version__ = "0.1.0"
DISCLAIMER = "Research use, not for diagnosis"

# numpy's OpenBLAS (0.3.31) now and then never returns from a product while other threads ask for one too: one in a few starts of
# the window on a busy machine. One thread each is as fast for what is multiplied here. Read by numpy when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
