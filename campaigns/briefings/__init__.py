"""Told face to face, the lead channel: a tour over every regional group, each briefing's date and people, and who was there.

`tours` and `arrangements`, with `additions`, `focuses`, `suggestions` of dates and `cancellations` · `answers` who comes, `calendar_replies`
what calendars say of it · `speaking_notes` on paper (`papers`) and when superseded (`supersessions`) · `kits`, `kit_packs`, `kit_holders` ·
`sign_ins`, `sign_in_sheets` and `attendance` who was there · `questions`, `actions` · `repeats` held by others.
"""
