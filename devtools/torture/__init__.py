"""The torture runs: promises kept under pressure, each beside the run in which its mechanism is taken away."""
