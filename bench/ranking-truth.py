"""`bench ranking-truth`: rankings of made-up units whose true order is known (see _ranking_truth)."""

from bench._ranking_truth import run

__all__ = ["run"]
