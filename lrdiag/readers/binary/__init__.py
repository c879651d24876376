"""Binary containers: framed records, messages without a schema, databases."""
