"""The services around Lambda: moto's, behind one gate, on the region's clock, made durable by a journal."""
