"""Six experiments that you play yourself: test data, features, penalties, batches, rates."""
