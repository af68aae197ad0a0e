"""The benchmark: how near the pages come to bare ones on the same machine (docs/benchmark.md)."""
