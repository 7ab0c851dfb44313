"""Which fact goes to which services. Data only; docs/events.md is generated from this page."""

from shared.events import notifications, registration, scheduling
from shared.events.envelope import Fact

REGISTRATION = "registration"
SCHEDULING = "scheduling"
NOTIFICATIONS = "notifications"

ROUTES: dict[type[Fact], tuple[str, ...]] = {
    scheduling.NetworkSaved: (REGISTRATION, NOTIFICATIONS),
    scheduling.CoordinatorSaved: (REGISTRATION, NOTIFICATIONS),
    scheduling.PasswordForgotten: (SCHEDULING,),
    scheduling.PasswordLinkRequested: (NOTIFICATIONS,),
    scheduling.MeetingPublished: (REGISTRATION, NOTIFICATIONS),
    scheduling.MeetingChanged: (REGISTRATION, NOTIFICATIONS),
    scheduling.MeetingCancelled: (REGISTRATION, NOTIFICATIONS),
    registration.RegistrationHeld: (SCHEDULING, NOTIFICATIONS),
    registration.ApprovalRequested: (SCHEDULING, NOTIFICATIONS),
    registration.RegistrationWaitlisted: (SCHEDULING, NOTIFICATIONS),
    registration.RegistrationConfirmed: (SCHEDULING, NOTIFICATIONS),
    registration.RegistrationChanged: (SCHEDULING, NOTIFICATIONS),
    registration.RegistrationCancelled: (SCHEDULING, NOTIFICATIONS),
    registration.RegistrationExpired: (SCHEDULING, NOTIFICATIONS),
    registration.RegistrationDeclined: (SCHEDULING, NOTIFICATIONS),
    registration.LinkRequested: (NOTIFICATIONS,),
    registration.SignUpRepeated: (REGISTRATION,),
    registration.InvitationIssued: (NOTIFICATIONS,),
    registration.InvitationAnswered: (NOTIFICATIONS,),
    registration.AttendeeCheckedIn: (SCHEDULING, NOTIFICATIONS),
    registration.SlotOverbooked: (SCHEDULING,),
    registration.PersonErased: (SCHEDULING, NOTIFICATIONS),
    scheduling.RosterErased: (REGISTRATION,),
    notifications.MailsErased: (REGISTRATION,),
    notifications.MailFailed: (REGISTRATION,),
    notifications.MailsPlanned: (REGISTRATION,),
}


def subscribers(fact: type[Fact]) -> tuple[str, ...]:
    """The services that get *fact*."""
    return ROUTES[fact]
