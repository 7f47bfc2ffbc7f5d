"""What a unit does: ReLU and its relatives, slopes, and units that die."""
