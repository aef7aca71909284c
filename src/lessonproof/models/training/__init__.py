"""Our own person detector: preparing labelled pictures, training a small YOLO from scratch, measuring, exporting.

Run by hand (``python -m lessonproof.models.training --help``); no other part of the product imports it. PyTorch and
Ultralytics are imported by the modules that need them, which are loaded only when their command runs.
"""
