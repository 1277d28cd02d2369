from pathlib import Path

SCENES = Path(__file__).parent / "scripts" / "scenes.py"


def test_ranks_work_together_differ_are_late_or_end(run_script):
    result = run_script(SCENES, timeout=240)
    assert result.returncode == 0, result.stdout  # Horovod itself tells what it sees of the ends
    assert result.stdout.endswith("all scenes played\n")
