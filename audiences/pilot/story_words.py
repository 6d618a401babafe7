"""What the demonstration's messages say: our own words about the pilot, on facts of the HELA paper of 21 March 2006."""

from datetime import datetime, timedelta

from campaigns.drafting.words import Words

CAMPAIGN = (
    "Revitalise LOPP communications",
    "Every local authority that enforces health and safety understands what the Large Organisations Partnership Pilot is, why it exists "
    "and what it offers them, before we report milestones and progress.",
)
# What officers recorded by hand, for every third member of a regional group: how, and how many days ago.
TOLD = (
    ("group-south-west", ("call", "confirmed"), 4),
    ("group-east-midlands", ("call", "confirmed"), 2),
    ("group-london", ("visit", "briefed"), 3),
    ("group-wales", ("call", "understands"), 1),
)
NOTE = "Note of the calls and visits in the unit's file"
SAYS_SO = "E07000223"  # somebody at Adur says that they are the wrong person

TOUR = "Regional briefings on LOPP"
MILESTONE = "Approach agreed"  # paragraph 15: only then could HELA consider a high level message
BOTH = ("LOPP team", "LOPP lead")  # who sees to it, for HSE and for LACoRS
# What the plan means: for whom, what, by which channel, in how many days (or some time in that month), by whom, and a note.
PLAN = (
    ("regional-groups", "Speak to every regional group", "briefing", 9, True, BOTH, "The tour; a presenter from each body."),
    ("practitioners", "Before you visit a site of a LOPP organisation", "article", 40, True, ("LOPP team", ""), "Mind the copy date."),
    ("practitioners", "Questions from the briefings, with our answers", "extranet", 16, False, BOTH, ""),
    ("elected-members", "Local health and safety stays local", "letter", 30, True, ("", "LOPP lead"), ""),
    (
        "senior-managers",
        "What account managers cost, and what they save",
        "letter",
        50,
        True,
        ("", ""),
        "Waits for HELA's advice on the burden.",
    ),
    ("unions", "How workers are involved in the improvement plans", "call", 12, False, ("", ""), ""),
    ("senior-managers", "A high level message", "relay", 75, True, BOTH, f"HELA's, once this is reached: {MILESTONE}."),
)
# What was left after the briefing in the North West.
QUESTION = "Who is told first when a LOPP organisation has a serious incident in our area: its account manager, or us?"
ACTION = "Send the group the list of account managers"
DONE_BY = "LOPP lead"
FIVE = ["senior-managers", "elected-members", "practitioners", "unions", "regional-groups"]


def save_the_date(at: datetime) -> Words:
    """The earlier message, which is also what presenters speak to."""
    return Words(
        title="Save the date",
        subject="Save the date: regional briefings on the Large Organisations Partnership Pilot",
        core=SAVE_THE_DATE,
        audiences=["practitioners", "regional-groups"],
        parts={"regional-groups": "Please reply with two dates on which ((organisation)) could give us half an hour."},
        latest_send=at + timedelta(days=14),
    )


def what_lopp_is(at: datetime) -> Words:
    """The message that waits for both signatures, in five variants."""
    return Words(
        title="What LOPP is, and what it offers you",
        subject="What the Large Organisations Partnership Pilot is, and what it offers you",
        core=WHAT_LOPP_IS,
        audiences=FIVE,
        parts=PARTS,
        latest_send=at + timedelta(days=21),
    )


SAVE_THE_DATE = """Dear ((name)),

HSE and LACoRS will visit every regional group to explain the Large Organisations Partnership Pilot (LOPP) face to face.

((your part))

## What presenters will say

1. LOPP is run jointly by HSE and LACoRS. It began in October 2005.
2. Fourteen large organisations have signed up; one is still considering. Each employs more than 10,000 people.
3. Each has one account manager, from a local authority or from HSE: the single way in, for them and for you.

Please keep the date your group has agreed, and bring your questions. A written summary follows."""

WHAT_LOPP_IS = """Dear ((name)),

The Large Organisations Partnership Pilot (LOPP) is HSE and local authorities dealing with a large employer as one regulator.

## Why

Fourteen organisations, each with more than 10,000 staff, have sites in many council areas. Until now each area dealt with them alone. \
LOPP gives the organisation one coherent face to deal with, and gives ((organisation)) a way in to some of the biggest employers.

## How

- An **account manager**, from a local authority or from HSE, agrees an engagement and improvement plan with each organisation.
- You hear only what matters to your area, and when it matters.
- Where HSE leads and councils enforce some premises too, we are working out common criteria, such as for choosing incidents to look into.

((your part))

## How LOPP differs from LAPS

The Lead Authority Partnership Scheme links one authority with one business. LOPP builds on it: the organisation's own health and safety \
agenda counts too, and HSE and councils act together.

Presenters from both bodies are visiting your regional group. Ask them anything, or reply to this letter."""

PARTS = {
    "senior-managers": """## For senior managers

LOPP needs some of your officers' time. In return you avoid duplicate visits and initiative fatigue. \
We know the burden is unequal where an authority provides an account manager, and have asked HELA for advice.""",
    "elected-members": """## For elected members

Local health and safety stays local: LOPP does not replace your authority's duties or your say. \
It helps large employers in ((organisation)) put right across all their sites what is found at one.""",
    "practitioners": """## For practitioners

Before you visit a site of a LOPP organisation, look at its plan and at when its account manager wants to be contacted. \
General questions about LOPP come to us, not to the account manager.""",
    "unions": """## For trade unions

Worker involvement is one of the themes of every improvement plan. We would like to hear how it works at the sites you know.""",
    "regional-groups": """## For regional groups

Please put LOPP on the agenda of your next meeting. We bring a presenter from each body and an agreed speaking note.""",
}
