"""DICOM: headers to frames, frames to a stack, a stack to a volume; and what images say of themselves."""
