"""What a trial logged, out again: as CSV, Parquet, JSON or TensorBoard's event files, streamed in constant memory."""
