"""Tests and scripts that start real processes, brokers, mail servers and clones."""
