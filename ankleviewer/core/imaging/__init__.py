"""Planes, slabs and other grids cut out of a scan: geometry and interpolation, without anatomy."""
