"""Events as stored bytes, and their JSON Schemas."""
