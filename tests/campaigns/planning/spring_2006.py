"""April to June 2006 as people knew it, written down before any rule was: the calendars of five authorities, and what must come of them.

Facts. Elections on Thursday 4 May 2006 were held in England only: in every metropolitan borough (a third of each council: so Calderdale,
Wakefield and Leeds), every London borough, and some districts (Eastleigh by thirds), none in Scotland (Dundee) nor Wales (Cardiff). Notice had
to be given by the 25th day before, without weekends, bank holidays, Good Friday and, until 2007, Maundy Thursday (Local Elections (Principal
Areas) Rules 1986): Friday 24 March. Easter Sunday was 16 April; in Scotland Easter Monday is no bank holiday. HELA's paper of 21 March asks
for comments "by the end of April" (paragraph 6) and speaks of the Local Government Panel's meeting with the Commission in May (paragraph 5);
the day of May is not in it, so the middle of the month stands for it.
"""

from datetime import date

FIRST, LAST = date(2006, 4, 3), date(2006, 6, 30)
POLLED = {"E08000033": "Calderdale", "E08000036": "Wakefield", "E07000086": "Eastleigh", "E08000035": "Leeds"}
NOT_POLLED = {"S12000042": "Dundee City", "W06000015": "Cardiff"}

# --- what an officer of 2006 would have typed -------------------------------------------------------------------------------------------

QUIET = ("pre-election", "pre-election period", date(2006, 3, 24), date(2006, 5, 4), "Local Elections (Principal Areas) Rules 1986; thirds")
COMMENTS = ("copy date", "written comments to the HELA Secretariat", date(2006, 4, 28), date(2006, 4, 28), "HELA paper, paragraph 6")
PANEL = ("meeting", "Local Government Panel and the Commission", date(2006, 5, 16), date(2006, 5, 16), "HELA paper, paragraph 5")

# --- the answers ------------------------------------------------------------------------------------------------------------------------

AFTER_THE_POLL = [
    ("2006-05-05", "2006-05-05"), ("2006-05-08", "2006-05-12"), ("2006-05-15", "2006-05-19"), ("2006-05-22", "2006-05-26"),
    ("2006-05-30", "2006-06-02"), ("2006-06-05", "2006-06-09"), ("2006-06-12", "2006-06-16"), ("2006-06-19", "2006-06-23"),
    ("2006-06-26", "2006-06-30"),
]  # fmt: skip
APRIL_IN_WALES = [
    ("2006-04-03", "2006-04-07"), ("2006-04-10", "2006-04-13"), ("2006-04-18", "2006-04-21"), ("2006-04-24", "2006-04-28"), ("2006-05-02", "2006-05-05"),
]  # fmt: skip
APRIL_IN_SCOTLAND = [*APRIL_IN_WALES[:2], ("2006-04-17", "2006-04-21"), *APRIL_IN_WALES[3:]]
WINDOWS = {
    **dict.fromkeys(POLLED, AFTER_THE_POLL),
    "S12000042": [*APRIL_IN_SCOTLAND, *AFTER_THE_POLL[1:]],
    "W06000015": [*APRIL_IN_WALES, *AFTER_THE_POLL[1:]],
}
HELD_ON_5_APRIL = {**dict.fromkeys(POLLED, "held to 4 May: pre-election period"), **dict.fromkeys(NOT_POLLED, "")}
BANK_HOLIDAYS = {
    "England": ["2006-04-14", "2006-04-17", "2006-05-01", "2006-05-29"],
    "Wales": ["2006-04-14", "2006-04-17", "2006-05-01", "2006-05-29"],
    "Scotland": ["2006-04-14", "2006-05-01", "2006-05-29"],
}
