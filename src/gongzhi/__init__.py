"""共治 Gongzhi: neighbourhoods govern themselves together, from a demand to a verified result."""

__version__ = "0.1.0"
