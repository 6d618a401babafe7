"""What is said: officers' words, the placeholders in them, and the letters compiled from them.

`messages` the words and who changed them · `placeholders` the closed list · `links` where a letter may lead · `plaintext` the text part ·
`letters` Markdown to a mail-safe program, once per variant · `programs` literal pieces and fields, joined per reader · `samples` letters
to look at · `holding_lines` and `invitations` lines of which one goes, `calendar_entries` what stands in calendars · `terms` and `risks`.
`attachments` the files that travel along, told apart by `files`, `images` and `office_files` · `enclosures` the MIME around them.
`lint` what to look at before anyone signs, by `markup`, `styles`, `characters`, `hosts` and `sameness` · `acceptances` who took it on.
"""
