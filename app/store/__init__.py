"""What the server keeps: tables, migrations, blobs."""
