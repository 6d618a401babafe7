"""What is said: officers' words, the placeholders in them, and the letters compiled from them.

`messages` the words and who changed them · `placeholders` the closed list · `plaintext` the text part · `letters` Markdown to a
mail-safe program, once per variant · `programs` literal pieces and fields, joined per reader.
"""
