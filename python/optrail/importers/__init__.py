"""What is on the disk already: programs of DSPy, run directories of GEPA, studies of Optuna."""
