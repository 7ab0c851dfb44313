CREATE TYPE public.uuid_range AS RANGE (
    subtype = uuid,
    multirange_type_name = public.uuid_multirange
);
CREATE TABLE public.agenda_item (
    id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    "position" integer NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    title text NOT NULL,
    speaker text NOT NULL
);
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.api_token (
    id uuid NOT NULL,
    coordinator_id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);
CREATE TABLE public.coordinator (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    language text NOT NULL,
    password_hash text,
    active boolean NOT NULL,
    epoch integer NOT NULL,
    revision integer NOT NULL,
    link_version integer NOT NULL,
    link_expires_at timestamp with time zone,
    link_asked_at timestamp with time zone,
    successor_id uuid,
    created_at timestamp with time zone NOT NULL,
    last_login_at timestamp with time zone,
    CONSTRAINT ck_coordinator_email_lower CHECK ((email = lower(email))),
    CONSTRAINT ck_coordinator_role CHECK ((role = ANY (ARRAY['admin'::text, 'coordinator'::text, 'viewer'::text])))
);
CREATE TABLE public.coordinator_network (
    coordinator_id uuid NOT NULL,
    network_id uuid NOT NULL
);
CREATE TABLE public.district (
    id uuid NOT NULL,
    network_id uuid NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    postcodes text[] NOT NULL
);
CREATE TABLE public.inbox (
    event_id uuid NOT NULL,
    publisher text NOT NULL,
    name text NOT NULL,
    aggregate_id uuid NOT NULL,
    revision integer NOT NULL,
    correlation_id text NOT NULL,
    envelope jsonb NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    due_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    last_error text,
    CONSTRAINT ck_inbox_state CHECK ((state = ANY (ARRAY['new'::text, 'done'::text, 'parked'::text, 'dropped'::text])))
);
CREATE TABLE public.login_session (
    hash text NOT NULL,
    coordinator_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    device text NOT NULL
);
CREATE TABLE public.login_throttle (
    key text NOT NULL,
    failures integer NOT NULL,
    failed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.meeting (
    id uuid NOT NULL,
    network_id uuid NOT NULL,
    series_id uuid,
    venue_id uuid NOT NULL,
    slug text NOT NULL,
    state text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    focus_topic text NOT NULL,
    room text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    uses_from timestamp with time zone NOT NULL,
    uses_until timestamp with time zone NOT NULL,
    admission text NOT NULL,
    registration_opens_at timestamp with time zone,
    registration_closes_at timestamp with time zone,
    seats_per_company integer,
    approval boolean NOT NULL,
    waitlist text NOT NULL,
    revision integer NOT NULL,
    cancel_reason text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    CONSTRAINT ck_meeting_admission CHECK ((admission = ANY (ARRAY['open'::text, 'districts'::text, 'invited'::text]))),
    CONSTRAINT ck_meeting_span CHECK ((starts_at < ends_at)),
    CONSTRAINT ck_meeting_state CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text, 'cancelled'::text]))),
    CONSTRAINT ck_meeting_use CHECK (((uses_from <= starts_at) AND (uses_until >= ends_at))),
    CONSTRAINT ck_meeting_waitlist CHECK ((waitlist = ANY (ARRAY['off'::text, 'strict'::text, 'fill'::text])))
);
CREATE TABLE public.network (
    id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    time_zone text NOT NULL,
    contact_name text NOT NULL,
    contact_email text NOT NULL,
    contact_phone text NOT NULL,
    revision integer NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.outbox_delivery (
    event_id uuid NOT NULL,
    subscriber text NOT NULL,
    state text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    asks integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone,
    received_at timestamp with time zone,
    last_error text,
    CONSTRAINT ck_outbox_delivery_state CHECK ((state = ANY (ARRAY['pending'::text, 'published'::text, 'received'::text])))
);
CREATE TABLE public.outbox_event (
    id uuid NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    aggregate_id uuid NOT NULL,
    revision integer NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    correlation_id text NOT NULL,
    payload jsonb NOT NULL
);
CREATE TABLE public.roster_check_in (
    attendee_id uuid NOT NULL,
    registration_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    checked_in_at timestamp with time zone NOT NULL
);
CREATE TABLE public.roster_entry (
    registration_id uuid NOT NULL,
    revision integer NOT NULL,
    meeting_id uuid NOT NULL,
    slot_id uuid NOT NULL,
    state text NOT NULL,
    living boolean NOT NULL,
    seats integer NOT NULL,
    company text NOT NULL,
    sort_key text NOT NULL,
    contact_name text NOT NULL,
    contact_email text,
    contact_phone text NOT NULL,
    attendees jsonb NOT NULL,
    mails integer NOT NULL,
    calendar_entries integer NOT NULL,
    on_behalf boolean NOT NULL,
    signed_up_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
CREATE TABLE public.series (
    id uuid NOT NULL,
    network_id uuid NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.slot (
    id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    label text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    capacity integer NOT NULL,
    confirmed_seats integer DEFAULT 0 NOT NULL,
    held_seats integer DEFAULT 0 NOT NULL,
    pending_seats integer DEFAULT 0 NOT NULL,
    waitlisted_seats integer DEFAULT 0 NOT NULL,
    companies integer DEFAULT 0 NOT NULL,
    mails integer DEFAULT 0 NOT NULL,
    calendar_entries integer DEFAULT 0 NOT NULL,
    overbooked_by integer DEFAULT 0 NOT NULL,
    overbooked_revision integer DEFAULT 0 NOT NULL,
    CONSTRAINT ck_slot_capacity CHECK ((capacity > 0)),
    CONSTRAINT ck_slot_span CHECK ((starts_at < ends_at))
);
CREATE TABLE public.venue (
    id uuid NOT NULL,
    network_id uuid NOT NULL,
    name text NOT NULL,
    street text NOT NULL,
    postcode text NOT NULL,
    city text NOT NULL,
    room text NOT NULL,
    arrival_note text NOT NULL,
    accessibility text NOT NULL,
    contact_name text NOT NULL,
    contact_email text NOT NULL,
    contact_phone text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
INSERT INTO public.agenda_item VALUES ('01a20487-b104-733b-a208-815ff58f7ad7', '01a20487-b103-7578-9357-b54a2958abdc', 0, '2098-06-11 13:00:00+00', 'Neues aus dem Netzwerk', '');
INSERT INTO public.agenda_item VALUES ('01a20487-ae39-7156-b8fa-663040adb4a8', '01a20487-ae39-7156-b8fa-662f9093b698', 0, '2098-06-11 13:30:00+00', 'Neues aus dem Netzwerk', '');
INSERT INTO public.alembic_version VALUES ('0001');
INSERT INTO public.api_token VALUES ('01a20487-aa6f-77f8-8486-2a8596c87ccc', '01a20487-a06a-753c-a0de-9f3f5f9e1be6', 'tests', '2026-11-22 18:32:09.599672+00', NULL);
INSERT INTO public.coordinator VALUES ('01a20487-a06a-753c-a0de-9f3f5f9e1be6', 'admin@treffpunkt.example', 'Ada Admin', 'admin', 'de', NULL, true, 1, 1, 1, '2026-12-06 18:32:07.04608+00', NULL, NULL, '2026-11-22 18:32:07.026117+00', NULL);
INSERT INTO public.district VALUES ('01a20487-ad40-76cd-906f-6e716c088fef', '01a20487-ad3f-7365-988c-7833af03ec75', 0, 'Huckarde', '{44369}');
INSERT INTO public.district VALUES ('01a20487-ad40-76cd-906f-6e722e411507', '01a20487-ad3f-7365-988c-7833af03ec75', 1, 'Lütgendortmund', '{44388,44149}');
INSERT INTO public.district VALUES ('01a20487-b070-7109-8e25-d33523ea07ae', '01a20487-b070-7109-8e25-d33417691301', 0, 'Huckarde', '{44369}');
INSERT INTO public.district VALUES ('01a20487-b070-7109-8e25-d336b23818f1', '01a20487-b070-7109-8e25-d33417691301', 1, 'Lütgendortmund', '{44388,44149}');
INSERT INTO public.inbox VALUES ('01a20487-b129-74b2-b4b5-bdefd50f4aad', 'registration', 'RegistrationHeld', '01a20487-b129-74b2-b4b5-bdec23b15f10', 1, '01a20487-b121-74a1-abd8-1e0b85d13809', '{"id": "01a20487-b129-74b2-b4b5-bdefd50f4aad", "name": "RegistrationHeld", "payload": {"seats": 2, "state": "held", "reason": "", "company": {"name": "Ampel GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b122-76f8-a0f8-17eeb7c4ebaf"}, "contact": {"name": "Anna Ampel", "email": "anna@ampel.example", "phone": "0231 555 0199", "contact_id": "01a20487-b122-76f8-a0f8-17ef6e926aa3"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 1, "attendees": [{"name": "Anna Ampel", "email": "anna@ampel.example", "is_contact": true, "attendee_id": "01a20487-b129-74b2-b4b5-bded04637de8", "link_version": 1}, {"name": "Begleitung 1", "email": null, "is_contact": false, "attendee_id": "01a20487-b129-74b2-b4b5-bdee262bf773", "link_version": 1}], "on_behalf": false, "held_until": "2098-06-11T13:00:00+00:00", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": null, "link_version": 1, "signed_up_at": "2026-11-22T18:32:11.298455+00:00", "previous_state": "", "registration_id": "01a20487-b129-74b2-b4b5-bdec23b15f10"}, "version": 1, "revision": 1, "publisher": "registration", "occurred_at": "2026-11-22T18:32:11.305722+00:00", "aggregate_id": "01a20487-b129-74b2-b4b5-bdec23b15f10", "correlation_id": "01a20487-b121-74a1-abd8-1e0b85d13809"}', 'done', 1, '2026-11-22 18:32:41.347065+00', '2026-11-22 18:32:11.347065+00', '2026-11-22 18:32:11.444978+00', NULL);
INSERT INTO public.inbox VALUES ('01a20487-b322-7320-a5d6-79a544172b1b', 'registration', 'RegistrationConfirmed', '01a20487-b129-74b2-b4b5-bdec23b15f10', 2, '01a20487-b31e-759e-b9d7-de79aa19bcd4', '{"id": "01a20487-b322-7320-a5d6-79a544172b1b", "name": "RegistrationConfirmed", "payload": {"seats": 2, "state": "confirmed", "reason": "", "company": {"name": "Ampel GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b122-76f8-a0f8-17eeb7c4ebaf"}, "contact": {"name": "Anna Ampel", "email": "anna@ampel.example", "phone": "0231 555 0199", "contact_id": "01a20487-b122-76f8-a0f8-17ef6e926aa3"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 2, "attendees": [{"name": "Anna Ampel", "email": "anna@ampel.example", "is_contact": true, "attendee_id": "01a20487-b129-74b2-b4b5-bded04637de8", "link_version": 1}, {"name": "Begleitung 1", "email": null, "is_contact": false, "attendee_id": "01a20487-b129-74b2-b4b5-bdee262bf773", "link_version": 1}], "on_behalf": false, "held_until": null, "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": "2026-11-22T18:32:11.807846+00:00", "link_version": 1, "signed_up_at": "2026-11-22T18:32:11.298455+00:00", "previous_state": "held", "registration_id": "01a20487-b129-74b2-b4b5-bdec23b15f10"}, "version": 1, "revision": 2, "publisher": "registration", "occurred_at": "2026-11-22T18:32:11.810688+00:00", "aggregate_id": "01a20487-b129-74b2-b4b5-bdec23b15f10", "correlation_id": "01a20487-b31e-759e-b9d7-de79aa19bcd4"}', 'done', 1, '2026-11-22 18:32:41.836234+00', '2026-11-22 18:32:11.836234+00', '2026-11-22 18:32:11.861096+00', NULL);
INSERT INTO public.inbox VALUES ('01a20487-b3f1-7029-a654-882a1f53caf9', 'registration', 'RegistrationHeld', '01a20487-b3f1-7029-a654-88282306695c', 1, '01a20487-b3dd-7078-9aec-6d2bcb77ba16', '{"id": "01a20487-b3f1-7029-a654-882a1f53caf9", "name": "RegistrationHeld", "payload": {"seats": 1, "state": "held", "reason": "", "company": {"name": "Gans GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b3eb-7408-b5a7-094e904e55b9"}, "contact": {"name": "Gero Gans", "email": "gero@gans.example", "phone": "0231 555 0199", "contact_id": "01a20487-b3eb-7408-b5a7-094ffb4fa42b"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 1, "attendees": [{"name": "Gero Gans", "email": "gero@gans.example", "is_contact": true, "attendee_id": "01a20487-b3f1-7029-a654-88293ff8e7f4", "link_version": 1}], "on_behalf": false, "held_until": "2098-06-11T13:00:00+00:00", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": null, "link_version": 1, "signed_up_at": "2026-11-22T18:32:12.010867+00:00", "previous_state": "", "registration_id": "01a20487-b3f1-7029-a654-88282306695c"}, "version": 1, "revision": 1, "publisher": "registration", "occurred_at": "2026-11-22T18:32:12.017449+00:00", "aggregate_id": "01a20487-b3f1-7029-a654-88282306695c", "correlation_id": "01a20487-b3dd-7078-9aec-6d2bcb77ba16"}', 'done', 1, '2026-11-22 18:32:42.048707+00', '2026-11-22 18:32:12.048707+00', '2026-11-22 18:32:12.079574+00', NULL);
INSERT INTO public.inbox VALUES ('01a20487-b4a4-76de-be2c-f3d885c874c5', 'registration', 'RegistrationConfirmed', '01a20487-b3f1-7029-a654-88282306695c', 2, '01a20487-b499-75d8-9d32-d51e25061760', '{"id": "01a20487-b4a4-76de-be2c-f3d885c874c5", "name": "RegistrationConfirmed", "payload": {"seats": 1, "state": "confirmed", "reason": "", "company": {"name": "Gans GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b3eb-7408-b5a7-094e904e55b9"}, "contact": {"name": "Gero Gans", "email": "gero@gans.example", "phone": "0231 555 0199", "contact_id": "01a20487-b3eb-7408-b5a7-094ffb4fa42b"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 2, "attendees": [{"name": "Gero Gans", "email": "gero@gans.example", "is_contact": true, "attendee_id": "01a20487-b3f1-7029-a654-88293ff8e7f4", "link_version": 1}], "on_behalf": false, "held_until": null, "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": "2026-11-22T18:32:12.186453+00:00", "link_version": 1, "signed_up_at": "2026-11-22T18:32:12.010867+00:00", "previous_state": "held", "registration_id": "01a20487-b3f1-7029-a654-88282306695c"}, "version": 1, "revision": 2, "publisher": "registration", "occurred_at": "2026-11-22T18:32:12.196576+00:00", "aggregate_id": "01a20487-b3f1-7029-a654-88282306695c", "correlation_id": "01a20487-b499-75d8-9d32-d51e25061760"}', 'done', 1, '2026-11-22 18:32:42.235763+00', '2026-11-22 18:32:12.235763+00', '2026-11-22 18:32:12.280327+00', NULL);
INSERT INTO public.inbox VALUES ('01a20487-b619-72f9-b80e-ee9d6cbf5727', 'registration', 'RegistrationCancelled', '01a20487-b3f1-7029-a654-88282306695c', 3, '01a20487-b578-77ee-ada0-cae15aa63ae1', '{"id": "01a20487-b619-72f9-b80e-ee9d6cbf5727", "name": "RegistrationCancelled", "payload": {"seats": 1, "state": "cancelled", "reason": "contact", "company": {"name": "Gans GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b3eb-7408-b5a7-094e904e55b9"}, "contact": {"name": "Gero Gans", "email": "gero@gans.example", "phone": "0231 555 0199", "contact_id": "01a20487-b3eb-7408-b5a7-094ffb4fa42b"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 3, "attendees": [{"name": "Gero Gans", "email": "gero@gans.example", "is_contact": true, "attendee_id": "01a20487-b3f1-7029-a654-88293ff8e7f4", "link_version": 1}], "on_behalf": false, "held_until": null, "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": "2026-11-22T18:32:12.186453+00:00", "link_version": 1, "signed_up_at": "2026-11-22T18:32:12.010867+00:00", "previous_state": "confirmed", "registration_id": "01a20487-b3f1-7029-a654-88282306695c"}, "version": 1, "revision": 3, "publisher": "registration", "occurred_at": "2026-11-22T18:32:12.569293+00:00", "aggregate_id": "01a20487-b3f1-7029-a654-88282306695c", "correlation_id": "01a20487-b578-77ee-ada0-cae15aa63ae1"}', 'done', 1, '2026-11-22 18:32:42.612082+00', '2026-11-22 18:32:12.612082+00', '2026-11-22 18:32:12.665507+00', NULL);
INSERT INTO public.inbox VALUES ('01a20487-b8af-756e-a51b-1512df4a318b', 'registration', 'RegistrationHeld', '01a20487-b8af-756e-a51b-1510957e00aa', 1, '01a20487-b8a3-76db-93df-16b9329c672a', '{"id": "01a20487-b8af-756e-a51b-1512df4a318b", "name": "RegistrationHeld", "payload": {"seats": 1, "state": "held", "reason": "", "company": {"name": "Dachs GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b8a4-7346-9609-95ed272340f2"}, "contact": {"name": "Doro Dachs", "email": "doro@dachs.example", "phone": "0231 555 0199", "contact_id": "01a20487-b8a4-7346-9609-95eeb095219e"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 1, "attendees": [{"name": "Doro Dachs", "email": "doro@dachs.example", "is_contact": true, "attendee_id": "01a20487-b8af-756e-a51b-1511599f01ca", "link_version": 1}], "on_behalf": false, "held_until": "2098-06-11T13:30:00+00:00", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": null, "link_version": 1, "signed_up_at": "2026-11-22T18:32:13.219924+00:00", "previous_state": "", "registration_id": "01a20487-b8af-756e-a51b-1510957e00aa"}, "version": 1, "revision": 1, "publisher": "registration", "occurred_at": "2026-11-22T18:32:13.231996+00:00", "aggregate_id": "01a20487-b8af-756e-a51b-1510957e00aa", "correlation_id": "01a20487-b8a3-76db-93df-16b9329c672a"}', 'done', 1, '2026-11-22 18:32:43.252673+00', '2026-11-22 18:32:13.252673+00', '2026-11-22 18:32:13.297626+00', NULL);
INSERT INTO public.inbox VALUES ('01a20487-bdd4-72c3-94e8-e6d7712fa233', 'registration', 'RegistrationConfirmed', '01a20487-b8af-756e-a51b-1510957e00aa', 2, '01a20487-bdcd-74ff-8114-480b30274684', '{"id": "01a20487-bdd4-72c3-94e8-e6d7712fa233", "name": "RegistrationConfirmed", "payload": {"seats": 1, "state": "confirmed", "reason": "", "company": {"name": "Dachs GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b8a4-7346-9609-95ed272340f2"}, "contact": {"name": "Doro Dachs", "email": "doro@dachs.example", "phone": "0231 555 0199", "contact_id": "01a20487-b8a4-7346-9609-95eeb095219e"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 2, "attendees": [{"name": "Doro Dachs", "email": "doro@dachs.example", "is_contact": true, "attendee_id": "01a20487-b8af-756e-a51b-1511599f01ca", "link_version": 1}], "on_behalf": false, "held_until": null, "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": "2026-11-22T18:32:14.542168+00:00", "link_version": 1, "signed_up_at": "2026-11-22T18:32:13.219924+00:00", "previous_state": "held", "registration_id": "01a20487-b8af-756e-a51b-1510957e00aa"}, "version": 1, "revision": 2, "publisher": "registration", "occurred_at": "2026-11-22T18:32:14.548074+00:00", "aggregate_id": "01a20487-b8af-756e-a51b-1510957e00aa", "correlation_id": "01a20487-bdcd-74ff-8114-480b30274684"}', 'done', 1, '2026-11-22 18:32:44.587852+00', '2026-11-22 18:32:14.587852+00', '2026-11-22 18:32:14.635395+00', NULL);
INSERT INTO public.inbox VALUES ('01a20487-c381-733d-bdd3-d881026db2ca', 'registration', 'RegistrationHeld', '01a20487-c381-733d-bdd3-d87fe9b35fa8', 1, '01a20487-c379-753d-b2dc-80af3c8b8a65', '{"id": "01a20487-c381-733d-bdd3-d881026db2ca", "name": "RegistrationHeld", "payload": {"seats": 1, "state": "held", "reason": "", "company": {"name": "Esche GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-c37c-77f8-9285-5914a5d8f3d8"}, "contact": {"name": "Emil Esche", "email": "emil@esche.example", "phone": "0231 555 0199", "contact_id": "01a20487-c37c-77f8-9285-5915655774c4"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 1, "attendees": [{"name": "Emil Esche", "email": "emil@esche.example", "is_contact": true, "attendee_id": "01a20487-c381-733d-bdd3-d88038f70938", "link_version": 1}], "on_behalf": false, "held_until": "2098-06-11T13:30:00+00:00", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": null, "link_version": 1, "signed_up_at": "2026-11-22T18:32:15.996432+00:00", "previous_state": "", "registration_id": "01a20487-c381-733d-bdd3-d87fe9b35fa8"}, "version": 1, "revision": 1, "publisher": "registration", "occurred_at": "2026-11-22T18:32:16.001287+00:00", "aggregate_id": "01a20487-c381-733d-bdd3-d87fe9b35fa8", "correlation_id": "01a20487-c379-753d-b2dc-80af3c8b8a65"}', 'new', 1, '2026-11-22 18:32:16.270951+00', '2026-11-22 18:32:16.270951+00', NULL, NULL);
INSERT INTO public.meeting VALUES ('01a20487-b103-7578-9357-b54a2958abdc', '01a20487-b070-7109-8e25-d33417691301', NULL, '01a20487-b0be-75fe-bd01-4aebf7e82326', 'noch-nicht-veroeffentlicht', 'draft', 'Noch nicht veröffentlicht', 'Netzwerktreffen der Partnerbetriebe.', 'Praktika, die passen', '', '2098-06-11 13:00:00+00', '2098-06-11 15:45:00+00', '2098-06-11 13:00:00+00', '2098-06-11 15:45:00+00', 'open', NULL, NULL, NULL, false, 'strict', 0, '', '2026-11-22 18:32:11.274808+00', '2026-11-22 18:32:11.274817+00', NULL, NULL);
INSERT INTO public.meeting VALUES ('01a20487-ae39-7156-b8fa-662f9093b698', '01a20487-ad3f-7365-988c-7833af03ec75', NULL, '01a20487-ae09-745f-8c98-3703ea8a272d', 'treffen', 'published', 'Treffen der Betriebe', 'Netzwerktreffen der Partnerbetriebe.', 'Praktika, die bleiben', '', '2098-06-11 13:30:00+00', '2098-06-11 16:15:00+00', '2098-06-11 13:30:00+00', '2098-06-11 16:15:00+00', 'open', NULL, NULL, NULL, false, 'strict', 3, '', '2026-11-22 18:32:10.574155+00', '2026-11-22 18:32:16.221351+00', '2026-11-22 18:32:10.747969+00', NULL);
INSERT INTO public.network VALUES ('01a20487-ad3f-7365-988c-7833af03ec75', 'netzwerk-183154-2', 'Netzwerk 1', 'de', 'Europe/Berlin', 'Kora Dinator', 'netzwerk@stadt.example', '+49 231 555 0100', 1, '2026-11-22 18:32:10.312849+00');
INSERT INTO public.network VALUES ('01a20487-b070-7109-8e25-d33417691301', 'netzwerk-183154-6', 'Netzwerk 5', 'de', 'Europe/Berlin', 'Kora Dinator', 'netzwerk@stadt.example', '+49 231 555 0100', 1, '2026-11-22 18:32:11.123135+00');
INSERT INTO public.outbox_delivery VALUES ('01a20487-a07e-77d1-a44a-a2fe3deb5bf5', 'registration', 'published', 1, 0, '2026-11-22 18:42:07.1794+00', '2026-11-22 18:32:07.179435+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-a07e-77d1-a44a-a2fe3deb5bf5', 'notifications', 'published', 1, 0, '2026-11-22 18:42:07.1794+00', '2026-11-22 18:32:07.179435+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-ad59-7379-b141-4a66de3cb616', 'registration', 'published', 1, 0, '2026-11-22 18:42:10.372652+00', '2026-11-22 18:32:10.372702+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-ad59-7379-b141-4a66de3cb616', 'notifications', 'published', 1, 0, '2026-11-22 18:42:10.372652+00', '2026-11-22 18:32:10.372702+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-af07-7383-9092-8b4f43863346', 'registration', 'published', 1, 0, '2026-11-22 18:42:10.806696+00', '2026-11-22 18:32:10.806712+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-af07-7383-9092-8b4f43863346', 'notifications', 'published', 1, 0, '2026-11-22 18:42:10.806696+00', '2026-11-22 18:32:10.806712+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b088-745d-b646-9de4abcd1639', 'registration', 'published', 1, 0, '2026-11-22 18:42:11.189933+00', '2026-11-22 18:32:11.189948+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b088-745d-b646-9de4abcd1639', 'notifications', 'published', 1, 0, '2026-11-22 18:42:11.189933+00', '2026-11-22 18:32:11.189948+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b6dd-720f-9d62-95e7ac0a6554', 'registration', 'published', 1, 0, '2026-11-22 18:42:12.794091+00', '2026-11-22 18:32:12.794103+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b6dd-720f-9d62-95e7ac0a6554', 'notifications', 'published', 1, 0, '2026-11-22 18:42:12.794091+00', '2026-11-22 18:32:12.794103+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-c45d-757d-9334-b30593bfe6be', 'registration', 'pending', 0, 0, '2026-11-22 18:32:16.221584+00', NULL, NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-c45d-757d-9334-b30593bfe6be', 'notifications', 'pending', 0, 0, '2026-11-22 18:32:16.221584+00', NULL, NULL, NULL);
INSERT INTO public.outbox_event VALUES ('01a20487-a07e-77d1-a44a-a2fe3deb5bf5', 'CoordinatorSaved', 1, '01a20487-a06a-753c-a0de-9f3f5f9e1be6', 1, '2026-11-22 18:32:07.038132+00', '01a20487-a07e-77d1-a44a-a2ff6281174c', '{"name": "Ada Admin", "role": "admin", "email": "admin@treffpunkt.example", "epoch": 1, "active": true, "revision": 1, "network_ids": [], "coordinator_id": "01a20487-a06a-753c-a0de-9f3f5f9e1be6", "revoked_token_ids": []}');
INSERT INTO public.outbox_event VALUES ('01a20487-ad59-7379-b141-4a66de3cb616', 'NetworkSaved', 1, '01a20487-ad3f-7365-988c-7833af03ec75', 1, '2026-11-22 18:32:10.329163+00', '01a20487-acfc-72a9-817d-62c37a0d2639', '{"name": "Netzwerk 1", "slug": "netzwerk-183154-2", "language": "de", "revision": 1, "districts": [{"name": "Huckarde", "postcodes": ["44369"], "district_id": "01a20487-ad40-76cd-906f-6e716c088fef"}, {"name": "Lütgendortmund", "postcodes": ["44388", "44149"], "district_id": "01a20487-ad40-76cd-906f-6e722e411507"}], "time_zone": "Europe/Berlin", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "contact_name": "Kora Dinator", "contact_email": "netzwerk@stadt.example", "contact_phone": "+49 231 555 0100"}');
INSERT INTO public.outbox_event VALUES ('01a20487-af07-7383-9092-8b4f43863346', 'MeetingPublished', 1, '01a20487-ae39-7156-b8fa-662f9093b698', 1, '2026-11-22 18:32:10.759207+00', '01a20487-ae72-7616-98b9-ac6b41e8b5b6', '{"slug": "treffen", "slots": [{"label": "", "ends_at": "2098-06-11T15:45:00+00:00", "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "capacity": 7, "starts_at": "2098-06-11T13:00:00+00:00"}], "state": "published", "title": "Treffen der Betriebe", "venue": {"city": "Dortmund", "name": "Hauptschule Kley 3", "room": "Aula", "street": "Kleyer Weg 1", "postcode": "44149", "venue_id": "01a20487-ae09-745f-8c98-3703ea8a272d", "arrival_note": "Eingang am Hof, Parken an der Turnhalle, Haltestelle Kley.", "accessibility": "Stufenlos, Aufzug."}, "agenda": [{"title": "Neues aus dem Netzwerk", "speaker": "", "starts_at": "2098-06-11T13:00:00+00:00"}], "ends_at": "2098-06-11T15:45:00+00:00", "approval": false, "revision": 1, "waitlist": "strict", "admission": "open", "starts_at": "2098-06-11T13:00:00+00:00", "time_zone": "Europe/Berlin", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "description": "Netzwerktreffen der Partnerbetriebe.", "focus_topic": "Praktika, die passen", "seats_per_company": null, "registration_opens_at": null, "registration_closes_at": null}');
INSERT INTO public.outbox_event VALUES ('01a20487-b088-745d-b646-9de4abcd1639', 'NetworkSaved', 1, '01a20487-b070-7109-8e25-d33417691301', 1, '2026-11-22 18:32:11.144635+00', '01a20487-b025-73c7-ba7d-f5bdb3c8fbcb', '{"name": "Netzwerk 5", "slug": "netzwerk-183154-6", "language": "de", "revision": 1, "districts": [{"name": "Huckarde", "postcodes": ["44369"], "district_id": "01a20487-b070-7109-8e25-d33523ea07ae"}, {"name": "Lütgendortmund", "postcodes": ["44388", "44149"], "district_id": "01a20487-b070-7109-8e25-d336b23818f1"}], "time_zone": "Europe/Berlin", "network_id": "01a20487-b070-7109-8e25-d33417691301", "contact_name": "Kora Dinator", "contact_email": "netzwerk@stadt.example", "contact_phone": "+49 231 555 0100"}');
INSERT INTO public.outbox_event VALUES ('01a20487-b6dd-720f-9d62-95e7ac0a6554', 'MeetingChanged', 1, '01a20487-ae39-7156-b8fa-662f9093b698', 2, '2026-11-22 18:32:12.765399+00', '01a20487-b6bf-761d-a3a8-29b5f2a37d52', '{"slug": "treffen", "tell": true, "slots": [{"label": "", "ends_at": "2098-06-11T16:15:00+00:00", "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "capacity": 7, "starts_at": "2098-06-11T13:30:00+00:00"}], "state": "published", "title": "Treffen der Betriebe", "venue": {"city": "Dortmund", "name": "Hauptschule Kley 3", "room": "Aula", "street": "Kleyer Weg 1", "postcode": "44149", "venue_id": "01a20487-ae09-745f-8c98-3703ea8a272d", "arrival_note": "Eingang am Hof, Parken an der Turnhalle, Haltestelle Kley.", "accessibility": "Stufenlos, Aufzug."}, "agenda": [{"title": "Neues aus dem Netzwerk", "speaker": "", "starts_at": "2098-06-11T13:30:00+00:00"}], "changes": [{"after": "2098-06-11T15:30:00+02:00", "field": "starts_at", "before": "2098-06-11T15:00:00+02:00", "slot_id": null}, {"after": "2098-06-11T18:15:00+02:00", "field": "ends_at", "before": "2098-06-11T17:45:00+02:00", "slot_id": null}, {"after": "15:30 Neues aus dem Netzwerk", "field": "agenda", "before": "15:00 Neues aus dem Netzwerk", "slot_id": null}, {"after": "2098-06-11T15:30:00+02:00/2098-06-11T18:15:00+02:00", "field": "slot", "before": "2098-06-11T15:00:00+02:00/2098-06-11T17:45:00+02:00", "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57"}], "ends_at": "2098-06-11T16:15:00+00:00", "approval": false, "revision": 2, "waitlist": "strict", "admission": "open", "starts_at": "2098-06-11T13:30:00+00:00", "time_zone": "Europe/Berlin", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "description": "Netzwerktreffen der Partnerbetriebe.", "focus_topic": "Praktika, die passen", "seats_per_company": null, "registration_opens_at": null, "registration_closes_at": null}');
INSERT INTO public.outbox_event VALUES ('01a20487-c45d-757d-9334-b30593bfe6be', 'MeetingChanged', 1, '01a20487-ae39-7156-b8fa-662f9093b698', 3, '2026-11-22 18:32:16.221584+00', '01a20487-c411-7501-877e-877f939c7de8', '{"slug": "treffen", "tell": false, "slots": [{"label": "", "ends_at": "2098-06-11T16:15:00+00:00", "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "capacity": 7, "starts_at": "2098-06-11T13:30:00+00:00"}], "state": "published", "title": "Treffen der Betriebe", "venue": {"city": "Dortmund", "name": "Hauptschule Kley 3", "room": "Aula", "street": "Kleyer Weg 1", "postcode": "44149", "venue_id": "01a20487-ae09-745f-8c98-3703ea8a272d", "arrival_note": "Eingang am Hof, Parken an der Turnhalle, Haltestelle Kley.", "accessibility": "Stufenlos, Aufzug."}, "agenda": [{"title": "Neues aus dem Netzwerk", "speaker": "", "starts_at": "2098-06-11T13:30:00+00:00"}], "changes": [{"after": "Praktika, die bleiben", "field": "focus_topic", "before": "Praktika, die passen", "slot_id": null}], "ends_at": "2098-06-11T16:15:00+00:00", "approval": false, "revision": 3, "waitlist": "strict", "admission": "open", "starts_at": "2098-06-11T13:30:00+00:00", "time_zone": "Europe/Berlin", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "description": "Netzwerktreffen der Partnerbetriebe.", "focus_topic": "Praktika, die bleiben", "seats_per_company": null, "registration_opens_at": null, "registration_closes_at": null}');
INSERT INTO public.roster_entry VALUES ('01a20487-b129-74b2-b4b5-bdec23b15f10', 2, '01a20487-ae39-7156-b8fa-662f9093b698', '01a20487-ae3a-730d-b369-8058980f2a57', 'confirmed', true, 2, 'Ampel GmbH', 'ampel gmbh', 'Anna Ampel', 'anna@ampel.example', '0231 555 0199', '[{"name": "Anna Ampel", "is_contact": true, "attendee_id": "01a20487-b129-74b2-b4b5-bded04637de8"}, {"name": "Begleitung 1", "is_contact": false, "attendee_id": "01a20487-b129-74b2-b4b5-bdee262bf773"}]', 1, 1, false, '2026-11-22 18:32:11.298455+00', '2026-11-22 18:32:11.854289+00');
INSERT INTO public.roster_entry VALUES ('01a20487-b3f1-7029-a654-88282306695c', 3, '01a20487-ae39-7156-b8fa-662f9093b698', '01a20487-ae3a-730d-b369-8058980f2a57', 'cancelled', false, 1, 'Gans GmbH', 'gans gmbh', 'Gero Gans', 'gero@gans.example', '0231 555 0199', '[{"name": "Gero Gans", "is_contact": true, "attendee_id": "01a20487-b3f1-7029-a654-88293ff8e7f4"}]', 0, 0, false, '2026-11-22 18:32:12.010867+00', '2026-11-22 18:32:12.652617+00');
INSERT INTO public.roster_entry VALUES ('01a20487-b8af-756e-a51b-1510957e00aa', 2, '01a20487-ae39-7156-b8fa-662f9093b698', '01a20487-ae3a-730d-b369-8058980f2a57', 'confirmed', true, 1, 'Dachs GmbH', 'dachs gmbh', 'Doro Dachs', 'doro@dachs.example', '0231 555 0199', '[{"name": "Doro Dachs", "is_contact": true, "attendee_id": "01a20487-b8af-756e-a51b-1511599f01ca"}]', 1, 1, false, '2026-11-22 18:32:13.219924+00', '2026-11-22 18:32:14.617725+00');
INSERT INTO public.slot VALUES ('01a20487-b104-733b-a208-8160ec165e94', '01a20487-b103-7578-9357-b54a2958abdc', '', '2098-06-11 13:00:00+00', '2098-06-11 15:45:00+00', 7, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO public.slot VALUES ('01a20487-ae3a-730d-b369-8058980f2a57', '01a20487-ae39-7156-b8fa-662f9093b698', '', '2098-06-11 13:30:00+00', '2098-06-11 16:15:00+00', 7, 3, 0, 0, 0, 2, 2, 2, 0, 0);
INSERT INTO public.venue VALUES ('01a20487-ae09-745f-8c98-3703ea8a272d', '01a20487-ad3f-7365-988c-7833af03ec75', 'Hauptschule Kley 3', 'Kleyer Weg 1', '44149', 'Dortmund', 'Aula', 'Eingang am Hof, Parken an der Turnhalle, Haltestelle Kley.', 'Stufenlos, Aufzug.', 'Haus Meister', 'hausmeister@schule.example', '0231 555 0101', '2026-11-22 18:32:10.516667+00');
INSERT INTO public.venue VALUES ('01a20487-b0be-75fe-bd01-4aebf7e82326', '01a20487-b070-7109-8e25-d33417691301', 'Hauptschule Kley 7', 'Kleyer Weg 1', '44149', 'Dortmund', 'Aula', 'Eingang am Hof, Parken an der Turnhalle, Haltestelle Kley.', 'Stufenlos, Aufzug.', 'Haus Meister', 'hausmeister@schule.example', '0231 555 0101', '2026-11-22 18:32:11.19882+00');
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_venue_in_use EXCLUDE USING gist (public.uuid_range(venue_id, venue_id, '[]'::text) WITH &&, tstzrange(uses_from, uses_until) WITH &&) WHERE ((state <> 'cancelled'::text));
ALTER TABLE ONLY public.agenda_item
    ADD CONSTRAINT pk_agenda_item PRIMARY KEY (id);
ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT pk_api_token PRIMARY KEY (id);
ALTER TABLE ONLY public.coordinator
    ADD CONSTRAINT pk_coordinator PRIMARY KEY (id);
ALTER TABLE ONLY public.coordinator_network
    ADD CONSTRAINT pk_coordinator_network PRIMARY KEY (coordinator_id, network_id);
ALTER TABLE ONLY public.district
    ADD CONSTRAINT pk_district PRIMARY KEY (id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (event_id);
ALTER TABLE ONLY public.login_session
    ADD CONSTRAINT pk_login_session PRIMARY KEY (hash);
ALTER TABLE ONLY public.login_throttle
    ADD CONSTRAINT pk_login_throttle PRIMARY KEY (key);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT pk_meeting PRIMARY KEY (id);
ALTER TABLE ONLY public.network
    ADD CONSTRAINT pk_network PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_delivery
    ADD CONSTRAINT pk_outbox_delivery PRIMARY KEY (event_id, subscriber);
ALTER TABLE ONLY public.outbox_event
    ADD CONSTRAINT pk_outbox_event PRIMARY KEY (id);
ALTER TABLE ONLY public.roster_check_in
    ADD CONSTRAINT pk_roster_check_in PRIMARY KEY (attendee_id);
ALTER TABLE ONLY public.roster_entry
    ADD CONSTRAINT pk_roster_entry PRIMARY KEY (registration_id);
ALTER TABLE ONLY public.series
    ADD CONSTRAINT pk_series PRIMARY KEY (id);
ALTER TABLE ONLY public.slot
    ADD CONSTRAINT pk_slot PRIMARY KEY (id);
ALTER TABLE ONLY public.venue
    ADD CONSTRAINT pk_venue PRIMARY KEY (id);
ALTER TABLE ONLY public.coordinator
    ADD CONSTRAINT uq_coordinator_email UNIQUE (email);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT uq_meeting_slug UNIQUE (slug);
ALTER TABLE ONLY public.network
    ADD CONSTRAINT uq_network_slug UNIQUE (slug);
ALTER TABLE ONLY public.series
    ADD CONSTRAINT uq_series_network_id_name UNIQUE (network_id, name);
CREATE INDEX ix_agenda_item_meeting_id ON public.agenda_item USING btree (meeting_id);
CREATE INDEX ix_api_token_coordinator_id ON public.api_token USING btree (coordinator_id);
CREATE INDEX ix_api_token_revoked ON public.api_token USING btree (coordinator_id) WHERE (revoked_at IS NOT NULL);
CREATE INDEX ix_district_network_id ON public.district USING btree (network_id);
CREATE INDEX ix_inbox_done_at ON public.inbox USING btree (done_at);
CREATE INDEX ix_inbox_due ON public.inbox USING btree (due_at) WHERE (state = 'new'::text);
CREATE INDEX ix_inbox_unfinished ON public.inbox USING btree (aggregate_id, revision) WHERE (state = ANY (ARRAY['new'::text, 'parked'::text]));
CREATE INDEX ix_login_session_coordinator_id ON public.login_session USING btree (coordinator_id);
CREATE INDEX ix_login_session_expires_at ON public.login_session USING btree (expires_at);
CREATE INDEX ix_login_throttle_failed_at ON public.login_throttle USING btree (failed_at);
CREATE INDEX ix_meeting_network_id_starts_at ON public.meeting USING btree (network_id, starts_at);
CREATE INDEX ix_meeting_starts_at ON public.meeting USING btree (starts_at);
CREATE INDEX ix_meeting_venue_id ON public.meeting USING btree (venue_id);
CREATE INDEX ix_outbox_delivery_open ON public.outbox_delivery USING btree (state, due_at) WHERE (state <> 'received'::text);
CREATE INDEX ix_outbox_event_aggregate_id ON public.outbox_event USING btree (aggregate_id);
CREATE INDEX ix_roster_check_in_meeting_id ON public.roster_check_in USING btree (meeting_id);
CREATE INDEX ix_roster_check_in_registration_id ON public.roster_check_in USING btree (registration_id);
CREATE INDEX ix_roster_entry_page ON public.roster_entry USING btree (meeting_id, sort_key, registration_id) WHERE living;
CREATE INDEX ix_roster_entry_slot_page ON public.roster_entry USING btree (slot_id, sort_key, registration_id) WHERE living;
CREATE INDEX ix_slot_meeting_id ON public.slot USING btree (meeting_id);
CREATE INDEX ix_venue_network_id ON public.venue USING btree (network_id);
ALTER TABLE ONLY public.agenda_item
    ADD CONSTRAINT fk_agenda_item_meeting_id_meeting FOREIGN KEY (meeting_id) REFERENCES public.meeting(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT fk_api_token_coordinator_id_coordinator FOREIGN KEY (coordinator_id) REFERENCES public.coordinator(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.coordinator_network
    ADD CONSTRAINT fk_coordinator_network_coordinator_id_coordinator FOREIGN KEY (coordinator_id) REFERENCES public.coordinator(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.coordinator_network
    ADD CONSTRAINT fk_coordinator_network_network_id_network FOREIGN KEY (network_id) REFERENCES public.network(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.coordinator
    ADD CONSTRAINT fk_coordinator_successor_id_coordinator FOREIGN KEY (successor_id) REFERENCES public.coordinator(id);
ALTER TABLE ONLY public.district
    ADD CONSTRAINT fk_district_network_id_network FOREIGN KEY (network_id) REFERENCES public.network(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.login_session
    ADD CONSTRAINT fk_login_session_coordinator_id_coordinator FOREIGN KEY (coordinator_id) REFERENCES public.coordinator(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT fk_meeting_network_id_network FOREIGN KEY (network_id) REFERENCES public.network(id);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT fk_meeting_series_id_series FOREIGN KEY (series_id) REFERENCES public.series(id);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT fk_meeting_venue_id_venue FOREIGN KEY (venue_id) REFERENCES public.venue(id);
ALTER TABLE ONLY public.outbox_delivery
    ADD CONSTRAINT fk_outbox_delivery_event_id_outbox_event FOREIGN KEY (event_id) REFERENCES public.outbox_event(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.series
    ADD CONSTRAINT fk_series_network_id_network FOREIGN KEY (network_id) REFERENCES public.network(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.slot
    ADD CONSTRAINT fk_slot_meeting_id_meeting FOREIGN KEY (meeting_id) REFERENCES public.meeting(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.venue
    ADD CONSTRAINT fk_venue_network_id_network FOREIGN KEY (network_id) REFERENCES public.network(id) ON DELETE CASCADE;
