"""For each guard, the guard's removal and a short walk that then ends in what must not happen.

`says`: the model's finding. `also`: other walls that stand behind this guard and are taken away with it, with `why`; with only those
gone, the guard alone must still hold.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from types import ModuleType
from typing import Any

import pytest

from campaigns.agreement import gate, identity, nonces, releases, schedules, sealed, standing
from campaigns.delivery import claims, sender, settling, timing
from campaigns.drafting import letters
from campaigns.foundation import lifecycles
from tests.campaigns.agreement import removals, scenarios, signing_scenarios
from tests.campaigns.agreement.removals import Removal
from tests.campaigns.agreement.walk import Walk


def rewriting(module: ModuleType, name: str, old: str, new: str) -> Removal:
    """The removal of one stretch of a function."""
    return lambda patch: removals.rewrite(patch, module, name, old, new)


def gate_guard(name: str) -> Removal:
    """The removal of one of the gate's guards."""
    return lambda patch: removals.no_gate_guard(patch, name)


def admission(name: str) -> Removal:
    """The removal of one guard of admission."""
    return lambda patch: removals.no_admission(patch, name)


@dataclass(frozen=True)
class Scenario:
    """One guard and what it keeps from happening."""

    guard: str
    remove: Removal
    walk: Callable[[Walk], None]
    says: str
    also: list[Removal] = field(default_factory=list)
    why: str = ""


def a_hole(patch: pytest.MonkeyPatch) -> None:
    """A compiler that lets a header through with the subject."""
    patch.setattr(letters, "_encoded", lambda text: f"{text}\r\nBcc: everyone@evil.test")


NO_STATE = rewriting(
    settling, "renew", ' and session.exec(select(Release.state).where(Release.id == hand.release_id)).one() == "sending"', ""
)
NO_SUSPENSION = rewriting(settling, "renew", "ours = ours.where(~signatures.one_counts_no_more(hand.release_id))", "pass")
NO_LATEST = rewriting(sender, "is_in_time", " and at < claim.verified.said.latest_send", "")
NO_TURNS: Removal = lambda patch: patch.setattr(timing, "now", _at_any_time)  # noqa: E731
NO_LEAF = rewriting(
    claims, "put_together", 'if leaf != claim.leaves.get(letter.position) or letter.fields.get("address") != letter.address:', "if False:"
)
NO_CLAIM_WINDOW = rewriting(claims, "claim_chunk", "    gate.check_window(verified, at=at)\n", "")
NO_TOKEN = rewriting(settling, "renew", "return held and", "return")
NO_LEASE = rewriting(sender, "is_in_time", "left > 0 and ", "")
NO_EVIDENCE: Removal = lambda patch: removals.silence(patch, identity, "admit")  # noqa: E731
NO_NONCE: Removal = lambda patch: removals.silence(patch, nonces, "spend")  # noqa: E731
NO_NONCE_AGE = rewriting(identity, "_verified", "if not timedelta(0) <= at - _asked_at(assertion) <= FRESH:", "if False:")
NO_ROSTER_SOFTWARE = rewriting(standing, "_verified", "if roster.has_software_keys and not stamps.is_test(session):", "if False:")


def _at_any_time(*looked_at: Any, **_: Any) -> dict[int, datetime]:
    """No calendar, and no end of a window."""
    return {letter.position: datetime.max.replace(tzinfo=UTC) for letter in looked_at[3]}


def schedulable_when_stopped(patch: pytest.MonkeyPatch) -> None:
    """A table of moves that forgot what stopping is for."""
    patch.setitem(lifecycles.RELEASE, "schedule", {**lifecycles.RELEASE["schedule"], "stopped": "scheduled"})


OF_THE_GATE = [
    Scenario(
        "it_has_not_been_ended", gate_guard("it_has_not_been_ended"), scenarios.one_party_stops_it_and_the_other_schedules_it_again,
        "it was stopped", [schedulable_when_stopped], "the table of moves refuses to schedule what is stopped, too",
    ),
    Scenario("the_words_are_still_the_messages_words", gate_guard("the_words_are_still_the_messages_words"), partial(scenarios.tampered, "the_message_s_revision"), "the words have changed"),
    Scenario("the_bytes_speak_of_this_release", gate_guard("the_bytes_speak_of_this_release"), scenarios.an_earlier_release_s_bytes_and_signatures_are_lent, "it was returned"),
    Scenario("the_parties_are_the_ones_required", gate_guard("the_parties_are_the_ones_required"), scenarios.another_body_signs_in_a_party_s_place, "both parties had not agreed", [gate_guard("every_signature_holds")], "another body stands in no roster"),
    Scenario("each_party_has_signed_these_bytes", gate_guard("each_party_has_signed_these_bytes"), scenarios.only_one_party_signs, "both parties had not agreed"),
    Scenario(
        "the_signatures_are_different_peoples", gate_guard("the_signatures_are_different_peoples"), scenarios.one_person_signs_for_both,
        "both parties had not agreed", [gate_guard("every_signature_holds")], "nobody stands in the roster for two parties",
    ),
    Scenario("every_signature_holds", gate_guard("every_signature_holds"), scenarios.an_observer_s_signature_is_forged, "both parties had not agreed"),
    Scenario(
        "no_signer_is_suspended", gate_guard("no_signer_is_suspended"), scenarios.a_signer_is_suspended,
        "both parties had not agreed", [NO_SUSPENSION], "the attempt looks at suspensions again",
    ),
    Scenario("the_readers_are_the_ones_signed", gate_guard("the_readers_are_the_ones_signed"), partial(scenarios.tampered, "the_address_its_leaf_and_its_branch"), "bytes nobody sealed"),
    Scenario("no_signer_wrote_the_words", gate_guard("no_signer_wrote_the_words"), scenarios.the_editor_s_signature_is_forged, "both parties had not agreed"),
    Scenario(
        "the_signatures_came_in_time", gate_guard("the_signatures_came_in_time"), scenarios.the_second_signature_comes_on_the_fifteenth_day,
        "both parties had not agreed", [admission("the_release_is_waiting_for_signatures")], "nobody takes a signature that comes too late",
    ),
    Scenario("what_it_waits_for_has_happened", gate_guard("what_it_waits_for_has_happened"), scenarios.it_goes_before_what_it_waits_for, "it had to wait"),
    Scenario(
        "no_software_key_signs_in_real_life", gate_guard("no_software_key_signs_in_real_life"), partial(scenarios.tampered, "the_stamp"),
        "software keys signed in real life", [NO_ROSTER_SOFTWARE], "a roster that lists one does not stand there, either",
    ),
    Scenario(
        "the_letters_are_the_ones_signed", gate_guard("the_letters_are_the_ones_signed"), partial(scenarios.tampered, "a_program"),
        "bytes nobody sealed", [NO_LEAF], "each letter's leaf covers its words again",
    ),
]  # fmt: skip

LATER = [
    Scenario("branch", rewriting(sealed, "leaves_under", "or merkle.root(leaves) != signed[number]", ""), partial(scenarios.tampered, "the_address_and_its_leaf"), "bytes nobody sealed"),
    Scenario("leaf", NO_LEAF, partial(scenarios.tampered, "the_address"), "bytes nobody sealed"),
    Scenario("headers", rewriting(claims, "put_together", "if not (said.plain and letter.audience in claim.proved) and not programs.has_headers(said.message, claim.headers):", "if False:"), partial(scenarios.tampered, "__repr__"), "with the headers", [a_hole]),
    Scenario("state at the attempt", NO_STATE, scenarios.it_is_stopped_while_a_worker_holds_it, "it was stopped"),
    Scenario("suspensions at the attempt", NO_SUSPENSION, scenarios.a_signer_is_suspended_while_a_worker_holds_it, "both parties had not agreed"),
    Scenario("latest time at the attempt", NO_LATEST, scenarios.the_latest_time_passes_while_a_worker_holds_it, "it was too late", [NO_TURNS], "no window reaches beyond it"),
    Scenario("window", lambda patch: removals.silence(patch, gate, "check_window"), scenarios.it_is_to_go_before_the_signed_earliest_time, "it was too early"),
    Scenario("window at the claim", NO_CLAIM_WINDOW, scenarios.a_worker_wakes_after_the_latest_time, "it was too late", [NO_LATEST, NO_TURNS], "the attempt looks at the latest time again, and no window reaches beyond it"),
    Scenario("window at the beginning", rewriting(schedules, "_require_may_begin", "gate.check_window(verified, at=goes_at)", "pass"), scenarios.the_clock_wakes_after_the_latest_time, "a late release was begun"),
    Scenario("state at the claim", rewriting(claims, "claim_chunk", 'releases.get(session, chunk.release_id)).state != "sending"', "releases.get(session, chunk.release_id)) is None"), scenarios.letters_are_queued_that_nobody_let_go, "nobody let it go", [NO_STATE], "the attempt looks at the state again"),
    Scenario("the claim's token", NO_TOKEN, scenarios.another_worker_takes_over, "it had gone before"),
    Scenario("the lease at the dot", NO_LEASE, scenarios.a_worker_sleeps_beyond_its_lease, "it had gone before"),
]  # fmt: skip

OF_ADMISSION = [
    Scenario("what was shown", rewriting(releases, "sign", "    require_current(session, release, seen)\n", ""), scenarios.other_bytes_are_signed_than_were_shown, "other bytes were seen", [NO_NONCE], "a nonce is good for one digest"),
    Scenario("the_release_is_waiting_for_signatures", admission("the_release_is_waiting_for_signatures"), scenarios.a_returned_release_is_signed, "it is not waiting"),
    Scenario("the_signer_has_not_left", admission("the_signer_has_not_left"), signing_scenarios.somebody_who_left_signs, "the officer signs for no party"),
    Scenario(
        "the_signer_stands_in_the_roster", admission("the_signer_stands_in_the_roster"), signing_scenarios.an_observer_signs, "the officer signs for no party",
        [NO_EVIDENCE, admission("the_deputy_s_dates_and_scope_cover_it")], "whoever is in no roster has no key in it, and no scope",
    ),
    Scenario("the_deputy_s_dates_and_scope_cover_it", admission("the_deputy_s_dates_and_scope_cover_it"), signing_scenarios.a_deputy_signs_too_late, "the deputyship is over"),
    Scenario("the_signer_is_not_suspended", admission("the_signer_is_not_suspended"), signing_scenarios.a_suspended_signatory_signs, "the officer is suspended"),
    Scenario("the_signer_changed_none_of_the_words", admission("the_signer_changed_none_of_the_words"), signing_scenarios.an_editor_signs, "the officer wrote the words"),
    Scenario("the_party_has_not_signed_yet", admission("the_party_has_not_signed_yet"), signing_scenarios.a_party_signs_twice, "the party had signed"),
    Scenario(
        "the_person_has_not_signed_yet", admission("the_person_has_not_signed_yet"), signing_scenarios.a_person_signs_twice, "the person had signed",
        [NO_EVIDENCE, admission("the_signer_stands_in_the_roster")], "nobody stands in the roster for two parties",
    ),
    Scenario(
        "fresh evidence", rewriting(identity, "admit", " or not timedelta(0) <= at - given.checked_at <= FRESH", ""), signing_scenarios.an_hour_old_proof_of_identity_is_used,
        "nobody looked who it was", [NO_NONCE, NO_NONCE_AGE], "the nonce is old, too",
    ),
    Scenario(
        "nonces", NO_NONCE, signing_scenarios.an_hour_old_proof_of_identity_is_used,
        "nobody looked who it was", [rewriting(identity, "admit", " or not timedelta(0) <= at - given.checked_at <= FRESH", ""), NO_NONCE_AGE], "the evidence is old, too",
    ),
    Scenario(
        "software keys", rewriting(identity, "admit", 'if given.method == "software" and not stamps.is_test(session):', "if False:"), signing_scenarios.a_software_key_signs_in_real_life,
        "a software key signed in real life", [NO_ROSTER_SOFTWARE], "a roster that lists one does not stand there, either",
    ),
    Scenario(
        "rosters without software keys", NO_ROSTER_SOFTWARE, partial(scenarios.tampered, "the_stamp"),
        "software keys signed in real life", [gate_guard("no_software_key_signs_in_real_life")], "the gate looks at each signature's own method, too",
    ),
]  # fmt: skip
