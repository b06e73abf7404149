"""Engines that run a model file: onnxruntime and OpenVINO behind one interface, the choice between them, and what is said where
one fails. They know model files, not packs.
"""
