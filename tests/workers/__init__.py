"""The workers, step by step: what is told, heard, sealed, sent and posted."""
