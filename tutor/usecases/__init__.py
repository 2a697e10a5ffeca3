"""What a person does, and the Protocols that this needs from sandbox, content and store."""
