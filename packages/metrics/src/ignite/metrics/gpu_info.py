"""Memory and utilization of the GPUs of this machine."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ignite.events.interface import Events, EventSource
from ignite.metrics.metric import Metric

__all__ = ["GpuInfo"]

_MIB = 2**20


class GpuInfo(Metric):
    """How much memory of each GPU of this machine is taken, and how busy it is, at the moment.

    Attached as ``"gpu"`` it gives whole percentages as ``"gpu:0 mem(%)"``, ``"gpu:0 util(%)"`` and
    so on, in the numbering of ``nvidia-smi``. What a GPU does not report is left out. Each rank
    tells of its own machine.

    Raises:
        ImportError: the package ``nvidia-ml-py`` is not installed.
        RuntimeError: there is no NVIDIA GPU, or no driver.
    """

    def __init__(self) -> None:
        super().__init__()
        if not self.compute():
            raise RuntimeError("NVML finds no GPU; attach GpuInfo only on machines that have one.")

    def update(self, output: Any) -> None:
        """Take no notice: the state of the GPUs is that at the time of ``compute``."""

    def compute(self) -> list[dict[str, Any]]:
        """Return what each GPU reports now.

        Returns:
            For each ``{"fb_memory_usage": {"used": ..., "total": ..., "unit": "MiB"},
            "utilization": {"gpu_util": ..., "unit": "%"}}``, less what it does not report.

        Raises:
            ImportError: the package ``nvidia-ml-py`` is not installed.
            RuntimeError: there is no driver, or it fails.
        """
        try:
            pynvml = import_module("pynvml")
        except ImportError as error:
            raise ImportError(
                f'pynvml is not installed ({error}); run: pip install "ignite-metrics[gpu]"'
            ) from error
        try:
            pynvml.nvmlInit()
            try:
                count = pynvml.nvmlDeviceGetCount()
                return [_report(pynvml, index) for index in range(count)]
            finally:
                pynvml.nvmlShutdown()
        except pynvml.NVMLError as error:
            raise RuntimeError(
                f"NVML failed ({error}); GpuInfo needs an NVIDIA GPU and its driver."
            ) from error

    def attach(
        self,
        engine: EventSource,
        name: str = "gpu",
        event_name: Any = Events.ITERATION_COMPLETED,
    ) -> None:
        """Leave percentages in ``engine.state.metrics`` whenever an event is fired.

        Args:
            engine: any event source.
            name: begins the keys of the results.
            event_name: when to give them.
        """
        engine.add_event_handler(event_name, self.completed, name)

    def detach(self, engine: EventSource, event_name: Any = Events.ITERATION_COMPLETED) -> None:
        """Leave no more results at this event; harmless if it did not."""
        if self.is_attached(engine, event_name):
            engine.remove_event_handler(self.completed, event_name)

    def is_attached(
        self, engine: EventSource, event_name: Any = Events.ITERATION_COMPLETED
    ) -> bool:
        """Return whether it gives results to this run at this event."""
        return engine.has_event_handler(self.completed, event_name)

    def completed(self, engine: EventSource, name: str) -> None:
        """Leave percentages, rounded down, in ``engine.state.metrics``."""
        for index, report in enumerate(self.compute()):
            if memory := report.get("fb_memory_usage"):
                share = int(100 * memory["used"] / memory["total"])
                engine.state.metrics[f"{name}:{index} mem(%)"] = share
            if utilization := report.get("utilization"):
                engine.state.metrics[f"{name}:{index} util(%)"] = int(utilization["gpu_util"])


def _report(nvml: Any, index: int) -> dict[str, Any]:
    device, report = nvml.nvmlDeviceGetHandleByIndex(index), {}
    try:
        memory = nvml.nvmlDeviceGetMemoryInfo(device)
        report["fb_memory_usage"] = {
            "used": memory.used / _MIB,
            "total": memory.total / _MIB,
            "unit": "MiB",
        }
    except nvml.NVMLError_NotSupported:
        pass
    try:
        rates = nvml.nvmlDeviceGetUtilizationRates(device)
        report["utilization"] = {"gpu_util": rates.gpu, "unit": "%"}
    except nvml.NVMLError_NotSupported:
        pass
    return report
