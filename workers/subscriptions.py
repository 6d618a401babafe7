"""The whole choreography in one table: which event is heard by whom.

Every event stands either here or on the silent list; a test sees to it. Subscribers may hear twice, late, or out of order.
"""

from collections.abc import Callable

from audiences.authorities import RegisterLoaded
from audiences.calendar_subscriptions import CalendarSubscribed, CalendarUnsubscribed
from audiences.definitions import AudienceDefined
from audiences.disclosures import Disclosed
from audiences.dossiers import PersonExported
from audiences.erasures import Erased, PassageBlanked
from audiences.footprints import FootprintSet
from audiences.guesses import AddressesGuessed, GuessConfirmed
from audiences.importing import ImportUndone, PeopleImported
from audiences.incoming_post import AddressCorrected, ComplaintReceived
from audiences.invitees import InviteesReminded
from audiences.legal_holds import HoldLifted, HoldPlaced
from audiences.organisation_changes import BodyAdded, BodyChanged, MemberMoved
from audiences.organisations import OrganisationsLoaded
from audiences.people import PersonAdded, PersonLeft, PostPassed
from audiences.preferences import PreferenceRecorded
from audiences.register_changes import RegisterAmended
from audiences.reorganisations import AuthorityEnded
from audiences.reports import TouchRecorded, TouchTakenBack
from audiences.retention import Disposed, RetentionSet
from audiences.suggestions import SuggestionMade, SuggestionPutBack, SuggestionSettled
from audiences.targets import TargetDropped, TargetSet
from audiences.vacancies import NobodyLeft
from campaigns.agreement.identity import CodesSetUp
from campaigns.agreement.keyrings import KeyEnrolled, KeyRemoved
from campaigns.agreement.releases import ReleaseAgreed, ReleaseReturned, ReleaseSigned, ReleaseWithdrawn, RevisionSubmitted
from campaigns.agreement.reminders import PartyReminded, RosterReminded
from campaigns.agreement.roster_changes import (
    RosterGivenUp,
    RosterProposed,
    RosterSigned,
    RosterStands,
    RosterTakenBack,
    SignatorySuspended,
)
from campaigns.agreement.schedules import (
    ReleaseLapsed,
    ReleaseMissed,
    ReleaseScheduled,
    ReleaseSent,
    SendingBegan,
    SendingResumed,
    SendingStopped,
    StopLifted,
)
from campaigns.agreement.seals import ReleaseSealed, SealingFailed
from campaigns.briefings.actions import ActionAdded, ActionFinished, ActionReopened
from campaigns.briefings.additions import BriefingAdded
from campaigns.briefings.answers import InvitationAnswered
from campaigns.briefings.arranging import BriefingDated, NotePinned
from campaigns.briefings.attendance import AttendanceCompleted, AttendanceRecorded
from campaigns.briefings.cancellations import BriefingCalledOff, BriefingDeclined
from campaigns.briefings.focuses import BriefingFocused
from campaigns.briefings.kit_holders import KitGiven, KitTakenBack
from campaigns.briefings.kits import KitChosen
from campaigns.briefings.questions import QuestionRaised, QuestionSettled
from campaigns.briefings.repeats import RepeatAccepted, RepeatRefused, RepeatReported
from campaigns.briefings.sign_ins import AttendanceLapsed, SignedIn
from campaigns.briefings.tours import BriefingHeld, BriefingReopened, TourOpened
from campaigns.delivery.acknowledgements import PulseAnswered, ReadingConfirmed
from campaigns.delivery.arming import ArmingConfirmed, ArmingRefused, SendingArmed, SendingDisarmed
from campaigns.delivery.decisions import LetterDecided
from campaigns.delivery.deliveries import ChunkPlanned
from campaigns.delivery.incoming import MailJudged, ReplyFiled
from campaigns.delivery.notices import NoticeWritten
from campaigns.delivery.removals import AddressRemoved, AddressRestored
from campaigns.delivery.returns import LetterArrived, LetterReturned, LettersCameBack
from campaigns.delivery.settling import ChunkSent, LettersGivenUp, LettersHeld
from campaigns.delivery.timing import LettersHaveNoWindow
from campaigns.delivery.trials import TrialWritten
from campaigns.delivery.unclear import LettersResolved
from campaigns.delivery.windowless import MissedLettersDealtWith
from campaigns.drafting.acceptances import FindingAccepted
from campaigns.drafting.comments import CommentMade, CommentReopened, CommentResolved
from campaigns.drafting.messages import MessageDrafted, MessageRevised, MessageWithdrawn
from campaigns.drafting.proposals import WordingAnswered, WordingProposed
from campaigns.drafting.reviews import ReviewerForgotten, ReviewLinkMade, ReviewLinkTakenBack
from campaigns.foundation.audit import HeadPublished
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import OfficerJoined, OfficerLeft
from campaigns.planning.campaign_plans import CampaignBegun
from campaigns.planning.milestones import MilestoneNamed, MilestoneReached, MilestoneTakenBack
from campaigns.planning.plan_rows import PlanRowAdded, PlanRowChanged, PlanRowDone, PlanRowDropped, PlanRowReopened
from campaigns.planning.rules import CalendarChanged
from workers import asking, awaiting, erasing, notifying, projecting, recalling, sealing, sending, telling
from workers.tools import Tools

Subscriber = Callable[[LogEntry, Tools], None]

SUBSCRIPTIONS: dict[type[Event], list[Subscriber]] = {
    RevisionSubmitted: [sealing.seal_release],
    ReleaseSealed: [sealing.take_census, notifying.ask_for_signatures],
    SendingBegan: [sending.plan_deliveries, sending.plan_a_follow_up],
    ChunkPlanned: [sending.send_chunk],
    ChunkSent: [projecting.recount_reach, sending.close_release],
    LettersResolved: [projecting.recount_reach, sending.close_release, telling.tell_of_letters],
    LetterDecided: [projecting.recount_reach, sending.close_release],
    LetterReturned: [projecting.recount_reach],
    LettersCameBack: [telling.tell_of_letters],
    LetterArrived: [projecting.put_arrived],
    MailJudged: [projecting.put_confirmed],
    AddressRemoved: [telling.tell_where_nobody_is_left],
    ReleaseAgreed: [telling.tell_both_parties, recalling.recall_superseded],
    ReleaseReturned: [telling.tell_both_parties, recalling.recall_superseded],
    ReleaseWithdrawn: [sending.abandon_letters, telling.tell_both_parties, recalling.recall_superseded],
    ReleaseSent: [telling.tell_of_refusals],
    ReleaseMissed: [sending.abandon_letters, telling.tell_of_its_end],
    LettersHaveNoWindow: [telling.tell_of_letters],
    LettersGivenUp: [telling.tell_of_letters],
    LettersHeld: [telling.tell_of_letters],
    MilestoneReached: [awaiting.tell_who_waited],
    MilestoneTakenBack: [sending.hold_what_waits, awaiting.tell_who_waits_again],
    CalendarChanged: [sending.look_at_turns_again],
    ReleaseLapsed: [telling.tell_both_parties],
    SealingFailed: [telling.tell_who_submitted],
    ReleaseScheduled: [sending.begin, telling.tell_both_parties],
    SendingStopped: [telling.tell_both_parties],
    SendingResumed: [sending.close_release, telling.tell_both_parties],
    MessageRevised: [telling.tell_signers_theirs_is_void],
    KeyEnrolled: [telling.tell_the_owner_of_a_new_passkey],
    CodesSetUp: [telling.tell_the_owner_of_a_new_app],
    RosterProposed: [asking.ask_to_sign_the_roster],
    RosterReminded: [asking.ask_to_sign_the_roster],
    RosterGivenUp: [sending.hold_what_was_signed, telling.tell_signatories_the_roster_is_given_up],
    SendingDisarmed: [telling.tell_signatories_sending_is_off],
    ArmingRefused: [telling.tell_signatories_a_machine_is_refused],
    SignatorySuspended: [sending.hold_what_was_signed, telling.tell_signatories_one_is_suspended],
    AttendanceRecorded: [projecting.recount_briefed, sending.plan_follow_ups],
    AttendanceCompleted: [projecting.recount_briefed, sending.plan_follow_ups],
    BriefingDated: [sending.take_off_outdated, sending.look_at_turns_again, sending.plan_follow_ups],
    BriefingCalledOff: [sending.cancel_invitations, sending.look_at_turns_again, sending.plan_follow_ups],
    BriefingDeclined: [sending.cancel_invitations, sending.look_at_turns_again, sending.plan_follow_ups],
    NotePinned: [recalling.recall_replaced],
    SignedIn: [projecting.recount_briefed],
    AttendanceLapsed: [projecting.recount_briefed],
    MemberMoved: [projecting.recount_moved, sending.look_at_turns_again, sending.plan_every_follow_up],
    RepeatAccepted: [projecting.recount_repeats],
    RepeatRefused: [projecting.recount_repeats],
    BriefingReopened: [projecting.recount_briefed],
    BriefingHeld: [projecting.recount_briefed],
    ReadingConfirmed: [projecting.recount_answers],
    PulseAnswered: [projecting.recount_answers],
    NoticeWritten: [notifying.post_notice],
    PassageBlanked: [erasing.blank_the_log],
    Erased: [erasing.close_releases, sealing.take_censuses_again, erasing.blank_the_log],
}

# Recorded for the history, the timeline and the evaluation; nobody has to act on them.
SILENT: frozenset[type[Event]] = frozenset(
    {
        CampaignBegun,
        MilestoneNamed,
        PlanRowAdded,
        PlanRowChanged,
        PlanRowDropped,
        PlanRowDone,
        PlanRowReopened,
        MessageDrafted,
        MessageWithdrawn,
        WordingProposed,
        WordingAnswered,
        FindingAccepted,
        CommentMade,
        CommentResolved,
        CommentReopened,
        ReviewLinkMade,
        ReviewLinkTakenBack,
        ReviewerForgotten,
        ReleaseSigned,
        StopLifted,
        TourOpened,
        BriefingAdded,
        InviteesReminded,
        InvitationAnswered,  # what somebody intends is no evidence
        BriefingFocused,
        KitChosen,
        KitGiven,
        KitTakenBack,
        recalling.NoteRecalled,
        QuestionRaised,
        QuestionSettled,
        ActionAdded,
        ActionFinished,
        ActionReopened,
        RepeatReported,  # a link alone is no evidence: an officer accepts it first
        AddressRestored,
        AddressCorrected,
        ComplaintReceived,
        ReplyFiled,
        NobodyLeft,
        OfficerJoined,
        OfficerLeft,
        KeyRemoved,
        RosterSigned,  # whoever may still sign was asked when it was put forward, and is again
        RosterStands,
        RosterTakenBack,
        ArmingConfirmed,  # the machine itself finds that it may send
        SendingArmed,
        HeadPublished,
        notifying.SignaturesAsked,
        PartyReminded,
        telling.OfficersTold,
        TrialWritten,
        MissedLettersDealtWith,
        CalendarSubscribed,  # the clock reads it when it is due
        CalendarUnsubscribed,
        RegisterLoaded,
        RegisterAmended,
        AuthorityEnded,
        OrganisationsLoaded,
        BodyAdded,
        BodyChanged,
        AudienceDefined,
        PeopleImported,
        ImportUndone,
        AddressesGuessed,
        GuessConfirmed,
        PersonAdded,
        PersonLeft,
        PostPassed,
        PreferenceRecorded,
        FootprintSet,
        SuggestionMade,
        SuggestionSettled,
        SuggestionPutBack,
        TouchRecorded,  # the step puts the touches itself, and the clock recounts what they touch
        TouchTakenBack,
        TargetSet,
        TargetDropped,
        PersonExported,
        HoldPlaced,
        HoldLifted,
        RetentionSet,
        Disposed,
        Disclosed,
    }
)

# A lane of its own, so that slow letters keep nobody else waiting.
SENDING_LANE: frozenset[str] = frozenset({ChunkPlanned.__name__})
