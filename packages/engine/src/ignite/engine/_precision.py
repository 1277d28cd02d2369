"""Mixed precision: what ``amp_mode`` means, and where autocast runs."""

from __future__ import annotations

import torch

from ignite.engine._parts import Cast, Device, same

AUTOCAST_DTYPES: dict[str | None, torch.dtype | None] = {
    "amp": None,  # what torch takes on the device
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
}


def is_xla(device: Device) -> bool:
    """Return whether the device is driven by torch_xla."""
    return device is not None and torch.device(device).type == "xla"


def autocast(
    model: torch.nn.Module, device: Device, dtype: torch.dtype | None = None
) -> torch.autocast:
    """Return the autocast of ``device``, or if that is None, of where the model lies."""
    return torch.autocast(_device_type(model, device), dtype=dtype)


def cast_of(amp_mode: str | None, model: torch.nn.Module, device: Device) -> Cast:
    """Return what ``amp_mode`` lets the forward pass run in.

    Raises:
        ValueError: there is no such mode, or not on ``device``.
    """
    if amp_mode is None:
        return same
    if amp_mode != "apex" and amp_mode not in AUTOCAST_DTYPES:
        known = ", ".join(map(repr, (*AUTOCAST_DTYPES, "apex")))
        raise ValueError(f"There is no amp_mode {amp_mode!r}; give None or one of {known}.")
    if is_xla(device):
        raise ValueError(f"amp_mode={amp_mode!r} is not for XLA devices; leave it out there.")
    if amp_mode == "apex":  # which has patched the model
        return same
    return autocast(model, device, AUTOCAST_DTYPES[amp_mode])


def scaler_of(
    scaler: bool | torch.amp.GradScaler,
    amp_mode: str | None,
    model: torch.nn.Module,
    device: Device,
) -> torch.amp.GradScaler | None:
    """Return the scaler that is meant, or None.

    Raises:
        TypeError: ``scaler`` is neither a bool nor a scaler.
        ValueError: there is none in this ``amp_mode``.
    """
    if not scaler:
        return None
    if scaler is not True and not isinstance(scaler, torch.amp.GradScaler):
        raise TypeError(f"scaler is a bool or a torch.amp.GradScaler, got {scaler!r}.")
    if amp_mode not in AUTOCAST_DTYPES:
        raise ValueError(
            f"A scaler works with autocast, but amp_mode is {amp_mode!r}; give amp_mode='amp', or "
            "leave the scaler out."
        )
    return torch.amp.GradScaler(_device_type(model, device)) if scaler is True else scaler


def _device_type(model: torch.nn.Module, device: Device) -> str:
    if device is not None:
        return torch.device(device).type
    parameter = next(model.parameters(), None)
    return "cpu" if parameter is None else parameter.device.type
