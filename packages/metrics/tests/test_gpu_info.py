from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from ignite.events.interface import Events
from ignite.events.testing import RecordingEventSource
from ignite.metrics.gpu_info import GpuInfo

GIB = 2**30


class NVMLError(Exception):
    pass


class NotSupported(NVMLError):
    pass


class FakeNvml(ModuleType):
    """Answers as NVML does, with numbers in place of devices.

    Attributes:
        devices: for each the bytes in use, the bytes there are, and the utilization in percent;
            None for what it does not support.
        users: how often it was initialized more often than shut down.
    """

    NVMLError = NVMLError
    NVMLError_NotSupported = NotSupported

    def __init__(self, devices):
        super().__init__("pynvml")
        self.devices = devices
        self.users = 0

    def nvmlInit(self):
        if self.devices is None:
            raise NVMLError("Driver Not Loaded")
        self.users += 1

    def nvmlShutdown(self):
        self.users -= 1

    def nvmlDeviceGetCount(self):
        return len(self.devices)

    def nvmlDeviceGetHandleByIndex(self, index):
        return self.devices[index]

    def nvmlDeviceGetMemoryInfo(self, device):
        used, total, _ = device
        if used is None:
            raise NotSupported("Not Supported")
        return SimpleNamespace(used=used, total=total, free=total - used)

    def nvmlDeviceGetUtilizationRates(self, device):
        if device[2] is None:
            raise NotSupported("Not Supported")
        return SimpleNamespace(gpu=device[2], memory=0)


@pytest.fixture
def install(monkeypatch):
    def install(devices):
        nvml = FakeNvml(devices)
        monkeypatch.setitem(sys.modules, "pynvml", nvml)
        return nvml

    return install


def test_reports(install):
    nvml = install([(GIB, 16 * GIB, 37), (None, None, 5), (8 * GIB, 16 * GIB, None)])
    assert GpuInfo().compute() == [
        {
            "fb_memory_usage": {"used": 1024.0, "total": 16384.0, "unit": "MiB"},
            "utilization": {"gpu_util": 37, "unit": "%"},
        },
        {"utilization": {"gpu_util": 5, "unit": "%"}},
        {"fb_memory_usage": {"used": 8192.0, "total": 16384.0, "unit": "MiB"}},
    ]
    assert nvml.users == 0


def test_percentages_at_an_event(install):
    nvml = install([(GIB, 16 * GIB, 37), (8 * GIB, 16 * GIB, None)])
    info, source = GpuInfo(), RecordingEventSource()
    info.attach(source)
    info.attach(source, "node", Events.EPOCH_COMPLETED)
    source.run(["a"])
    assert source.state.metrics == {
        f"{name}:{key}": value
        for name in ("gpu", "node")
        for key, value in {"0 mem(%)": 6, "0 util(%)": 37, "1 mem(%)": 50}.items()
    }
    nvml.devices[0] = (16 * GIB, 16 * GIB, 0)
    info.detach(source, Events.EPOCH_COMPLETED)
    info.detach(source, Events.EPOCH_COMPLETED)
    assert info.is_attached(source)
    assert not info.is_attached(source, Events.EPOCH_COMPLETED)
    source.run(["a"], epochs=2)
    assert source.state.metrics["gpu:0 mem(%)"] == 100
    assert source.state.metrics["node:0 mem(%)"] == 6


def test_it_takes_no_notice_of_outputs(install):
    install([(GIB, 16 * GIB, 37)])
    info = GpuInfo()
    info.update(("anything", 3))
    info.reset()
    assert len(info.compute()) == 1


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with pytest.raises(ImportError, match=r'pip install "ignite-metrics\[gpu\]"'):
        GpuInfo()


def test_without_a_driver(install):
    install(None)
    with pytest.raises(RuntimeError, match=r"Driver Not Loaded.*needs an NVIDIA GPU"):
        GpuInfo()


def test_without_a_gpu(install):
    install([])
    with pytest.raises(RuntimeError, match="finds no GPU"):
        GpuInfo()


def test_a_driver_that_fails_later(install):
    nvml = install([(GIB, 16 * GIB, 37)])
    info = GpuInfo()
    nvml.devices = None
    with pytest.raises(RuntimeError, match="Driver Not Loaded"):
        info.compute()


def test_with_the_package_itself():
    pynvml = pytest.importorskip("pynvml")
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        with pytest.raises(RuntimeError, match=f"NVML failed \\({error}\\)"):
            GpuInfo()
    else:
        for report in GpuInfo().compute():
            assert report.keys() <= {"fb_memory_usage", "utilization"}
            assert 0 <= report["fb_memory_usage"]["used"] <= report["fb_memory_usage"]["total"]
