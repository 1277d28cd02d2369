"""What ranks get from the loaders that they make; test_auto_ranks.py judges it."""

import random

import numpy as np
import torch
from torch.utils.data import Dataset, get_worker_info

import ignite.distributed as idist


class Noise(Dataset):
    begun = None

    def __len__(self):
        return 8 * idist.get_world_size()

    def __getitem__(self, index):
        worker = get_worker_info()
        return {
            "torch": torch.rand(()).item(),
            "random": random.random(),
            "numpy": np.random.rand(),
            "seed": worker.seed,
            "begun": worker.dataset.begun,
        }


def begin(worker_id):
    get_worker_info().dataset.begun = worker_id


def plain(batch):
    return batch


def noise(seeds):
    """Return the noise that this rank's workers draw, for each seed that all ranks have alike."""
    drawn = []
    for seed in seeds:
        torch.manual_seed(seed)
        loader = idist.auto_dataloader(
            Noise(),
            batch_size=2 * idist.get_world_size(),
            num_workers=2 * idist.get_world_size(),
            worker_init_fn=begin,
            collate_fn=plain,
            multiprocessing_context="fork",  # the quickest to start
        )
        assert loader.num_workers == 2
        drawn.append([sample for batch in loader for sample in batch])
    return drawn


def load(length, batch_size):
    """Return the batches of an epoch."""
    loader = idist.auto_dataloader(range(length), batch_size=batch_size)
    return [batch.tolist() for batch in loader]
