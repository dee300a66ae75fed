"""How well near duplicates are told on the real messages: precision, recall, false merges, known topics.

PYTHONPATH=src python tools/score_duplicates.py ../shared/data
"""

import sys
from pathlib import Path

from gongzhi.engines.tests import real_pairs

THRESHOLDS = ("0.5", "0.3", "0.2", "0.14", "0.08")


def main() -> int:
    folder, pairs = Path(sys.argv[1]), real_pairs.labelled()
    print(f"{len(pairs)} labelled pairs, {sum(pair.same for pair in pairs)} of them the same thing")
    print("threshold  precision [95 %]         recall among candidates [95 %]")
    for threshold in THRESHOLDS:
        values = real_pairs.precision_and_recall(pairs, threshold)
        spans = [real_pairs.interval(pairs, threshold, which) for which in (0, 1)]
        told = [f"{value:.3f} [{low:.3f}, {high:.3f}]" for value, (low, high) in zip(values, spans, strict=True)]
        print(f"{threshold:>9}  {told[0]}   {told[1]}")
    texts = real_pairs.messages(folder)
    scorer = real_pairs.Scorer(texts)
    for name in real_pairs.TOPICS:
        for threshold in (0.30, 0.14):
            found, wrong, asked = scorer.topic_recall(name, threshold)
            print(f"{name} at {threshold}: {found}/{asked} offered one of the topic, {wrong} something else as well")
    for name, words in (("丽发新城 搅拌站噪音", "丽发"), ("伊景园滨河苑 捆绑车位", "伊景园|滨河")):
        found, wrong, asked = real_pairs.Scorer(texts, located=words).topic_recall(name, 0.14)
        print(f"{name} with the compound as a place: {found}/{asked}, {wrong} something else as well")
    return 0


if __name__ == "__main__":
    sys.exit(main())
