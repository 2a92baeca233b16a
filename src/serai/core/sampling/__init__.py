"""What residents and professionals say: weights, intervals, disclosure control."""
