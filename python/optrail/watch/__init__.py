"""How DSPy's optimizers are watched: what they tell their callbacks, told again as runs, iterations and samples."""
