import pytest

from ignite.distributed.interface import BackendUnavailable
from ignite.distributed.registry import load_backend

collect_ignore_glob = ["scripts/*"]  # programs of their own, which have no examples to check


@pytest.fixture(autouse=True, scope="session")
def _horovod():
    try:
        load_backend("horovod").check_available()
    except BackendUnavailable as error:
        pytest.skip(str(error))
