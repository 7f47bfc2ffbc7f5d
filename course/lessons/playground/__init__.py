"""Six experiments that you run yourself: test data, features, penalties, batches, rates."""
