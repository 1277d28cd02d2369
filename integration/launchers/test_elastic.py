"""Workers that are killed, under a torchrun that starts them again."""

from __future__ import annotations

TORCHRUN = ("-m", "torch.distributed.run", "--max-restarts=3")
ARGUMENTS = ("--backend=gloo", "--timeout=600", "--misbehaviour=die", "--at=8")


def test_training_goes_on_from_the_last_checkpoint(start, check, tmp_path):
    launcher = (*TORCHRUN, "--standalone", "--nproc-per-node=2")
    ended = start(*ARGUMENTS, f"--folder={tmp_path}", launcher=launcher).finish()
    check(ended.reports, [2], resumed_at=6, attempt="1")  # saved every 2, killed before 8
    assert ended.status == 0, ended.output


def test_nodes_that_count_their_restarts_differently_meet_again(start, check, tmp_path, port):
    # The agent of the killed worker counts a restart; that of the other node, whose worker is
    # well, only follows it into the next round.
    meeting = f"--nnodes=2 --rdzv-backend=c10d --rdzv-id=x --rdzv-endpoint=localhost:{port}"
    launcher = (*TORCHRUN, "--nproc-per-node=1", *meeting.split())
    arguments = (*ARGUMENTS, "--others-are-busy", f"--folder={tmp_path}")
    nodes = [
        start(*arguments, launcher=(*launcher, f"--local-addr={address}"))
        for address in ("localhost", "127.0.0.2")
    ]
    ended = [node.finish() for node in nodes]
    reports = [report for node in ended for report in node.reports]
    check(reports, [1, 1], resumed_at=6)
    assert {report["attempt"] for report in reports} == {"0", "1"}
    assert [node.status for node in ended] == [0, 0], [node.output for node in ended]
