"""The pilot's own tables: today's register, the organisations of Annex 1 and 3, and demo people who are posts, never persons."""
