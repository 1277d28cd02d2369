def test_ranks_that_fail_differ_are_late_or_train(run_script):
    result = run_script("scenes.py")
    assert result.stdout == "all scenes played\n"
