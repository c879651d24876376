"""Text and records to tables: delimited text, JSON, values logged one by one."""
