from __future__ import annotations

import subprocess
import sys


def test_pydicom_is_loaded_without_requests_and_without_a_log():
    code = (
        "import sys, logging; from ankleviewer.io.dicom.library import prepare_pydicom; prepare_pydicom(); "
        "assert 'pydicom' in sys.modules and 'requests' not in sys.modules and 'urllib3' not in sys.modules; "
        "assert not logging.getLogger('pydicom').isEnabledFor(logging.CRITICAL); prepare_pydicom()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
