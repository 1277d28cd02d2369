def test_ranks_that_fail_differ_are_late_or_train(run_script):
    result = run_script("scenes.py")
    assert result.returncode == 0, result.stdout  # gloo itself may tell what it sees of the ends
    assert result.stdout.endswith("all scenes played\n")
