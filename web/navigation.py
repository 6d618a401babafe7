"""What the masthead offers: the places of the product, which pages stand under each, and who sees it."""

# What it says, where it leads, the blueprints under it, and the only duty that sees it (None: everybody).
PLACES: list[tuple[str, str, set[str], str | None]] = [
    ("Home", "home.show", {"home", "bottlenecks", "arming"}, None),
    ("Messages", "messages.every", {
        "messages", "previews", "proposals", "findings", "comments", "review_links", "campaigns", "plan_rows", "milestones", "releases",
        "signing", "scheduling", "deliveries", "outcomes", "letters", "replies", "proofs",
    }, None),
    ("Audiences", "audiences.every", {
        "audiences", "builder", "stakeholders", "people", "corrections", "imports", "likenesses", "authorities", "calendars",
        "calendar_rules", "calendar_files", "calendar_feeds", "register", "organisations", "footprints", "posts",
    }, None),
    ("Forward plan", "forward_plan.show", {"forward_plan"}, None),
    ("Tours", "tours.every", {
        "tours", "briefings", "attendance", "dates", "tour_reports", "kits", "invited", "sign_in_sheets", "on_the_day",
    }, None),
    ("Coverage", "coverage.show", {"coverage", "gaps", "recording", "targets", "loads", "other_bodies"}, None),
    ("Records", "records.show", {"records", "holds"}, None),
    ("Signatories", "signatories.show", {"signatories", "deputies", "keys"}, None),
    ("Officers", "officers.every", {"officers"}, "administrator"),
]  # fmt: skip
