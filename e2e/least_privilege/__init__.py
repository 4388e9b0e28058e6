"""Takes each right away from the deployed local stack, one at a time, and shows what breaks."""
