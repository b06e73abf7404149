"""Results for a PACS: what is told of a scan as DICOM objects of the patient's study."""
