"""AnkleViewer: see whether an ankle CT shows a fracture, and where. Research use, not for diagnosis."""

import os

__version__ = "0.1.0"
DISCLAIMER = "Research use, not for diagnosis"

# numpy's OpenBLAS (0.3.31) now and then never returns from a product while other threads ask for one too: one in a few starts of
# the window on a busy machine. One thread each is as fast for what is multiplied here. Read by numpy when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def keep_matplotlib_at_home() -> None:
    """Before matplotlib is first imported: its list of fonts goes below the program's own folder, so that nothing of it is left
    elsewhere when both are removed; the user's own MPLCONFIGDIR stays. Where that folder cannot be written matplotlib takes a
    temporary one, and what it says of that helps nobody here. It comes with pyvista, and the trainer draws with it.
    """
    import logging

    from ankleviewer.core import paths

    os.environ.setdefault("MPLCONFIGDIR", str(paths.home() / "matplotlib"))
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
