"""The 3D view, and a box seen from three sides."""
