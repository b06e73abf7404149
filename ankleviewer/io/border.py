"""The border where foreign exceptions become ScanError, so that a damaged file never shows a library's own words."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator

from ankleviewer.core.errors import AnkleViewerError, ScanError

log = logging.getLogger(__name__)


@contextlib.contextmanager
def only_scan_errors() -> Iterator[None]:
    """A block that reads a scan.

    Raises:
        ScanError: OUT_OF_MEMORY, DICOM_NESTING, FILE_NOT_FOUND, FILE_UNREADABLE or SCAN_MALFORMED in place of whatever else was
            raised; the project's own errors pass.
    """
    try:
        with warnings.catch_warnings():
            # Libraries warn about values that are judged here by our own rules; their text may quote tags.
            warnings.simplefilter("ignore")
            yield
    except AnkleViewerError:
        raise
    except MemoryError:
        raise ScanError("OUT_OF_MEMORY", "The scan does not fit into this computer's memory.") from None
    except RecursionError:
        raise ScanError("DICOM_NESTING", "The file's data are nested too deeply; it is damaged or was made to do harm.") from None
    except FileNotFoundError:
        raise ScanError("FILE_NOT_FOUND", "The file or folder does not exist or cannot be reached.") from None
    except OSError as error:
        raise ScanError("FILE_UNREADABLE", f"The file cannot be read (system error {error.errno}).") from None
    except Exception as error:  # this is the border: libraries raise anything on damaged files
        # The text of a foreign exception may quote tag values, so only its kind is passed on. The log has where it came from,
        # without its words (`core.scrub`): it may be a fault of this program's own.
        log.info("a file could not be read", exc_info=True)
        raise ScanError("SCAN_MALFORMED", f"The file is damaged or not a scan ({type(error).__name__}).") from None
