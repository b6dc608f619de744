"""TensorBoard's event files: their messages, and the records that these stand in."""
