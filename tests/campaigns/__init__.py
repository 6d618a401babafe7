"""Tests of the trade, floor by floor; `stories` makes what they are given, with the real steps."""
