collect_ignore = ["scenes.py"]  # a program of its own
