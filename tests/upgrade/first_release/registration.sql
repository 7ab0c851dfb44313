CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.attendee (
    id uuid NOT NULL,
    registration_id uuid NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    email text,
    is_contact boolean NOT NULL,
    link_version integer DEFAULT 1 NOT NULL,
    checked_in_at timestamp with time zone,
    checked_in_by uuid
);
CREATE TABLE public.company (
    id uuid NOT NULL,
    name text NOT NULL,
    name_key text NOT NULL,
    sort_key text NOT NULL,
    postcode text NOT NULL,
    district text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.company_domain (
    domain text NOT NULL,
    company_id uuid NOT NULL,
    verified_at timestamp with time zone NOT NULL
);
CREATE TABLE public.contact (
    id uuid NOT NULL,
    company_id uuid NOT NULL,
    name text NOT NULL,
    email text,
    email_key text,
    phone text NOT NULL,
    verified_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.coordinator (
    id uuid NOT NULL,
    revision integer NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    network_ids uuid[] NOT NULL,
    active boolean NOT NULL,
    epoch integer NOT NULL,
    revoked_token_ids uuid[] NOT NULL
);
CREATE TABLE public.coordinator_visit (
    coordinator_id uuid NOT NULL,
    place text NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    seen_before_at timestamp with time zone
);
CREATE TABLE public.district (
    id uuid NOT NULL,
    network_id uuid NOT NULL,
    name text NOT NULL,
    postcodes text[] NOT NULL
);
CREATE TABLE public.failing_address (
    email_key text NOT NULL,
    kind text NOT NULL,
    mail_id uuid NOT NULL,
    failed_at timestamp with time zone NOT NULL,
    registration_id uuid,
    invitation_id uuid
);
CREATE TABLE public.idempotency_key (
    key text NOT NULL,
    body_hash text NOT NULL,
    answer jsonb,
    created_at timestamp with time zone NOT NULL
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
CREATE TABLE public.invitation (
    id uuid NOT NULL,
    network_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    company_name text NOT NULL,
    company_sort text NOT NULL,
    contact_name text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    language text NOT NULL,
    answer text DEFAULT ''::text NOT NULL,
    answered_at timestamp with time zone,
    link_version integer DEFAULT 1 NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    reminder_number integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_issued_at timestamp with time zone NOT NULL,
    on_recommendation_of text DEFAULT ''::text NOT NULL,
    forwarded_by uuid,
    registration_id uuid,
    created_by uuid,
    withdrawn boolean DEFAULT false NOT NULL
);
CREATE TABLE public.legal_text (
    page text NOT NULL,
    language text NOT NULL,
    body text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    updated_by uuid
);
CREATE TABLE public.meeting (
    id uuid NOT NULL,
    revision integer NOT NULL,
    network_id uuid NOT NULL,
    slug text NOT NULL,
    state text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    focus_topic text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    time_zone text NOT NULL,
    venue jsonb NOT NULL,
    agenda jsonb NOT NULL,
    admission text NOT NULL,
    registration_opens_at timestamp with time zone,
    registration_closes_at timestamp with time zone,
    seats_per_company integer,
    approval boolean NOT NULL,
    waitlist text NOT NULL,
    cancel_reason text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.network (
    id uuid NOT NULL,
    revision integer NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    time_zone text NOT NULL,
    contact_name text NOT NULL,
    contact_email text NOT NULL,
    contact_phone text NOT NULL
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
CREATE TABLE public.planned_mails (
    meeting_id uuid NOT NULL,
    revision integer NOT NULL,
    planned jsonb NOT NULL
);
CREATE TABLE public.registration (
    id uuid NOT NULL,
    network_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    slot_id uuid NOT NULL,
    company_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    company_name text NOT NULL,
    company_sort text NOT NULL,
    postcode text NOT NULL,
    district text NOT NULL,
    contact_name text NOT NULL,
    email text,
    email_key text,
    phone text NOT NULL,
    state text NOT NULL,
    seats integer NOT NULL,
    rank integer NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    signed_up_at timestamp with time zone NOT NULL,
    verified_at timestamp with time zone,
    deadline_at timestamp with time zone,
    state_changed_at timestamp with time zone NOT NULL,
    link_version integer DEFAULT 1 NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    language text NOT NULL,
    accepts_fewer boolean DEFAULT false NOT NULL,
    on_behalf boolean DEFAULT false NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    hint text DEFAULT ''::text NOT NULL,
    notice_version text DEFAULT ''::text NOT NULL,
    answers jsonb DEFAULT '{}'::jsonb NOT NULL,
    invitation_id uuid,
    linked_to uuid,
    link_requests timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
    search tsvector,
    CONSTRAINT ck_registration_seats CHECK ((seats > 0))
);
CREATE TABLE public.repeated_sign_up (
    id uuid NOT NULL,
    registration_id uuid NOT NULL,
    shown jsonb NOT NULL,
    wish jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.slot (
    id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    label text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    capacity integer NOT NULL,
    taken integer DEFAULT 0 NOT NULL,
    waiting integer DEFAULT 0 NOT NULL,
    waiting_seats integer DEFAULT 0 NOT NULL,
    last_rank integer DEFAULT 0 NOT NULL,
    overbooked boolean DEFAULT false NOT NULL,
    revision integer DEFAULT 0 NOT NULL,
    removed boolean DEFAULT false NOT NULL,
    CONSTRAINT ck_slot_never_oversold CHECK (((taken <= capacity) OR overbooked)),
    CONSTRAINT ck_slot_taken_not_negative CHECK ((taken >= 0)),
    CONSTRAINT ck_slot_waiting_not_negative CHECK (((waiting >= 0) AND (waiting_seats >= waiting)))
)
WITH (fillfactor='50');
INSERT INTO public.alembic_version VALUES ('0001');
INSERT INTO public.attendee VALUES ('01a20487-b129-74b2-b4b5-bded04637de8', '01a20487-b129-74b2-b4b5-bdec23b15f10', 1, 'Anna Ampel', 'anna@ampel.example', true, 1, NULL, NULL);
INSERT INTO public.attendee VALUES ('01a20487-b129-74b2-b4b5-bdee262bf773', '01a20487-b129-74b2-b4b5-bdec23b15f10', 2, 'Begleitung 1', NULL, false, 1, NULL, NULL);
INSERT INTO public.attendee VALUES ('01a20487-b3f1-7029-a654-88293ff8e7f4', '01a20487-b3f1-7029-a654-88282306695c', 1, 'Gero Gans', 'gero@gans.example', true, 1, NULL, NULL);
INSERT INTO public.attendee VALUES ('01a20487-b8af-756e-a51b-1511599f01ca', '01a20487-b8af-756e-a51b-1510957e00aa', 1, 'Doro Dachs', 'doro@dachs.example', true, 1, NULL, NULL);
INSERT INTO public.attendee VALUES ('01a20487-c32c-778f-83ce-0a0378a0406f', '01a20487-c32c-778f-83ce-0a02a3917b83', 1, 'Edda Eibe', 'edda@eibe.example', true, 1, NULL, NULL);
INSERT INTO public.attendee VALUES ('01a20487-c381-733d-bdd3-d88038f70938', '01a20487-c381-733d-bdd3-d87fe9b35fa8', 1, 'Emil Esche', 'emil@esche.example', true, 1, NULL, NULL);
INSERT INTO public.attendee VALUES ('01a20487-c3e6-73cf-b7a6-2004f27adc53', '01a20487-c3e6-73cf-b7a6-20036056ed0c', 1, 'Frida Falk', 'frida@falk.example', true, 1, NULL, NULL);
INSERT INTO public.attendee VALUES ('01a20487-c3e6-73cf-b7a6-2005e340c727', '01a20487-c3e6-73cf-b7a6-20036056ed0c', 2, 'Begleitung 1', NULL, false, 1, NULL, NULL);
INSERT INTO public.attendee VALUES ('01a20487-c3f9-744b-883e-5bb3e566da9e', '01a20487-c3f9-744b-883e-5bb22a002f26', 1, 'Gitta Grau', 'gitta@grau.example', true, 1, NULL, NULL);
INSERT INTO public.company VALUES ('01a20487-b122-76f8-a0f8-17eeb7c4ebaf', 'Ampel GmbH', 'ampel', 'ampel gmbh', '44369', 'Huckarde', '2026-11-22 18:32:11.298455+00');
INSERT INTO public.company VALUES ('01a20487-b3eb-7408-b5a7-094e904e55b9', 'Gans GmbH', 'gans', 'gans gmbh', '44369', 'Huckarde', '2026-11-22 18:32:12.010867+00');
INSERT INTO public.company VALUES ('01a20487-b8a4-7346-9609-95ed272340f2', 'Dachs GmbH', 'dachs', 'dachs gmbh', '44369', 'Huckarde', '2026-11-22 18:32:13.219924+00');
INSERT INTO public.company VALUES ('01a20487-c329-7549-8065-b52baa79dabc', 'Eibe GmbH', 'eibe', 'eibe gmbh', '44369', '', '2026-11-22 18:32:15.913326+00');
INSERT INTO public.company VALUES ('01a20487-c37c-77f8-9285-5914a5d8f3d8', 'Esche GmbH', 'esche', 'esche gmbh', '44369', '', '2026-11-22 18:32:15.996432+00');
INSERT INTO public.company VALUES ('01a20487-c3e4-7478-88e2-92dc0192f69e', 'Falk GmbH', 'falk', 'falk gmbh', '44369', '', '2026-11-22 18:32:16.099983+00');
INSERT INTO public.company VALUES ('01a20487-c3f6-77fc-9958-319c456ce20f', 'Grau GmbH', 'grau', 'grau gmbh', '44369', '', '2026-11-22 18:32:16.118534+00');
INSERT INTO public.company_domain VALUES ('ampel.example', '01a20487-b122-76f8-a0f8-17eeb7c4ebaf', '2026-11-22 18:32:11.807846+00');
INSERT INTO public.company_domain VALUES ('gans.example', '01a20487-b3eb-7408-b5a7-094e904e55b9', '2026-11-22 18:32:12.186453+00');
INSERT INTO public.company_domain VALUES ('dachs.example', '01a20487-b8a4-7346-9609-95ed272340f2', '2026-11-22 18:32:14.542168+00');
INSERT INTO public.contact VALUES ('01a20487-b122-76f8-a0f8-17ef6e926aa3', '01a20487-b122-76f8-a0f8-17eeb7c4ebaf', 'Anna Ampel', 'anna@ampel.example', 'anna@ampel.example', '0231 555 0199', '2026-11-22 18:32:11.807846+00', '2026-11-22 18:32:11.298455+00');
INSERT INTO public.contact VALUES ('01a20487-b3eb-7408-b5a7-094ffb4fa42b', '01a20487-b3eb-7408-b5a7-094e904e55b9', 'Gero Gans', 'gero@gans.example', 'gero@gans.example', '0231 555 0199', '2026-11-22 18:32:12.186453+00', '2026-11-22 18:32:12.010867+00');
INSERT INTO public.contact VALUES ('01a20487-b8a4-7346-9609-95eeb095219e', '01a20487-b8a4-7346-9609-95ed272340f2', 'Doro Dachs', 'doro@dachs.example', 'doro@dachs.example', '0231 555 0199', '2026-11-22 18:32:14.542168+00', '2026-11-22 18:32:13.219924+00');
INSERT INTO public.contact VALUES ('01a20487-c329-7549-8065-b52cec4c8e01', '01a20487-c329-7549-8065-b52baa79dabc', 'Edda Eibe', 'edda@eibe.example', 'edda@eibe.example', '0231 555 0199', NULL, '2026-11-22 18:32:15.913326+00');
INSERT INTO public.contact VALUES ('01a20487-c37c-77f8-9285-5915655774c4', '01a20487-c37c-77f8-9285-5914a5d8f3d8', 'Emil Esche', 'emil@esche.example', 'emil@esche.example', '0231 555 0199', NULL, '2026-11-22 18:32:15.996432+00');
INSERT INTO public.contact VALUES ('01a20487-c3e4-7478-88e2-92ddaa886062', '01a20487-c3e4-7478-88e2-92dc0192f69e', 'Frida Falk', 'frida@falk.example', 'frida@falk.example', '0231 555 0199', NULL, '2026-11-22 18:32:16.099983+00');
INSERT INTO public.contact VALUES ('01a20487-c3f6-77fc-9958-319d3301ae9c', '01a20487-c3f6-77fc-9958-319c456ce20f', 'Gitta Grau', 'gitta@grau.example', 'gitta@grau.example', '0231 555 0199', NULL, '2026-11-22 18:32:16.118534+00');
INSERT INTO public.coordinator VALUES ('01a20487-a06a-753c-a0de-9f3f5f9e1be6', 1, 'Ada Admin', 'admin@treffpunkt.example', 'admin', '{}', true, 1, '{}');
INSERT INTO public.district VALUES ('01a20487-ad40-76cd-906f-6e716c088fef', '01a20487-ad3f-7365-988c-7833af03ec75', 'Huckarde', '{44369}');
INSERT INTO public.district VALUES ('01a20487-ad40-76cd-906f-6e722e411507', '01a20487-ad3f-7365-988c-7833af03ec75', 'Lütgendortmund', '{44388,44149}');
INSERT INTO public.district VALUES ('01a20487-b070-7109-8e25-d33523ea07ae', '01a20487-b070-7109-8e25-d33417691301', 'Huckarde', '{44369}');
INSERT INTO public.district VALUES ('01a20487-b070-7109-8e25-d336b23818f1', '01a20487-b070-7109-8e25-d33417691301', 'Lütgendortmund', '{44388,44149}');
INSERT INTO public.inbox VALUES ('01a20487-a07e-77d1-a44a-a2fe3deb5bf5', 'scheduling', 'CoordinatorSaved', '01a20487-a06a-753c-a0de-9f3f5f9e1be6', 1, '01a20487-a07e-77d1-a44a-a2ff6281174c', '{"id": "01a20487-a07e-77d1-a44a-a2fe3deb5bf5", "name": "CoordinatorSaved", "payload": {"name": "Ada Admin", "role": "admin", "email": "admin@treffpunkt.example", "epoch": 1, "active": true, "revision": 1, "network_ids": [], "coordinator_id": "01a20487-a06a-753c-a0de-9f3f5f9e1be6", "revoked_token_ids": []}, "version": 1, "revision": 1, "publisher": "scheduling", "occurred_at": "2026-11-22T18:32:07.038132+00:00", "aggregate_id": "01a20487-a06a-753c-a0de-9f3f5f9e1be6", "correlation_id": "01a20487-a07e-77d1-a44a-a2ff6281174c"}', 'done', 1, '2026-11-22 18:32:37.206003+00', '2026-11-22 18:32:07.206003+00', '2026-11-22 18:32:07.308169+00', NULL);
INSERT INTO public.inbox VALUES ('01a20487-ad59-7379-b141-4a66de3cb616', 'scheduling', 'NetworkSaved', '01a20487-ad3f-7365-988c-7833af03ec75', 1, '01a20487-acfc-72a9-817d-62c37a0d2639', '{"id": "01a20487-ad59-7379-b141-4a66de3cb616", "name": "NetworkSaved", "payload": {"name": "Netzwerk 1", "slug": "netzwerk-183154-2", "language": "de", "revision": 1, "districts": [{"name": "Huckarde", "postcodes": ["44369"], "district_id": "01a20487-ad40-76cd-906f-6e716c088fef"}, {"name": "Lütgendortmund", "postcodes": ["44388", "44149"], "district_id": "01a20487-ad40-76cd-906f-6e722e411507"}], "time_zone": "Europe/Berlin", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "contact_name": "Kora Dinator", "contact_email": "netzwerk@stadt.example", "contact_phone": "+49 231 555 0100"}, "version": 1, "revision": 1, "publisher": "scheduling", "occurred_at": "2026-11-22T18:32:10.329163+00:00", "aggregate_id": "01a20487-ad3f-7365-988c-7833af03ec75", "correlation_id": "01a20487-acfc-72a9-817d-62c37a0d2639"}', 'done', 1, '2026-11-22 18:32:40.366168+00', '2026-11-22 18:32:10.366168+00', '2026-11-22 18:32:10.486357+00', NULL);
INSERT INTO public.inbox VALUES ('01a20487-af07-7383-9092-8b4f43863346', 'scheduling', 'MeetingPublished', '01a20487-ae39-7156-b8fa-662f9093b698', 1, '01a20487-ae72-7616-98b9-ac6b41e8b5b6', '{"id": "01a20487-af07-7383-9092-8b4f43863346", "name": "MeetingPublished", "payload": {"slug": "treffen", "slots": [{"label": "", "ends_at": "2098-06-11T15:45:00+00:00", "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "capacity": 7, "starts_at": "2098-06-11T13:00:00+00:00"}], "state": "published", "title": "Treffen der Betriebe", "venue": {"city": "Dortmund", "name": "Hauptschule Kley 3", "room": "Aula", "street": "Kleyer Weg 1", "postcode": "44149", "venue_id": "01a20487-ae09-745f-8c98-3703ea8a272d", "arrival_note": "Eingang am Hof, Parken an der Turnhalle, Haltestelle Kley.", "accessibility": "Stufenlos, Aufzug."}, "agenda": [{"title": "Neues aus dem Netzwerk", "speaker": "", "starts_at": "2098-06-11T13:00:00+00:00"}], "ends_at": "2098-06-11T15:45:00+00:00", "approval": false, "revision": 1, "waitlist": "strict", "admission": "open", "starts_at": "2098-06-11T13:00:00+00:00", "time_zone": "Europe/Berlin", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "description": "Netzwerktreffen der Partnerbetriebe.", "focus_topic": "Praktika, die passen", "seats_per_company": null, "registration_opens_at": null, "registration_closes_at": null}, "version": 1, "revision": 1, "publisher": "scheduling", "occurred_at": "2026-11-22T18:32:10.759207+00:00", "aggregate_id": "01a20487-ae39-7156-b8fa-662f9093b698", "correlation_id": "01a20487-ae72-7616-98b9-ac6b41e8b5b6"}', 'done', 1, '2026-11-22 18:32:40.793978+00', '2026-11-22 18:32:10.793978+00', '2026-11-22 18:32:10.954916+00', NULL);
INSERT INTO public.inbox VALUES ('01a20487-b088-745d-b646-9de4abcd1639', 'scheduling', 'NetworkSaved', '01a20487-b070-7109-8e25-d33417691301', 1, '01a20487-b025-73c7-ba7d-f5bdb3c8fbcb', '{"id": "01a20487-b088-745d-b646-9de4abcd1639", "name": "NetworkSaved", "payload": {"name": "Netzwerk 5", "slug": "netzwerk-183154-6", "language": "de", "revision": 1, "districts": [{"name": "Huckarde", "postcodes": ["44369"], "district_id": "01a20487-b070-7109-8e25-d33523ea07ae"}, {"name": "Lütgendortmund", "postcodes": ["44388", "44149"], "district_id": "01a20487-b070-7109-8e25-d336b23818f1"}], "time_zone": "Europe/Berlin", "network_id": "01a20487-b070-7109-8e25-d33417691301", "contact_name": "Kora Dinator", "contact_email": "netzwerk@stadt.example", "contact_phone": "+49 231 555 0100"}, "version": 1, "revision": 1, "publisher": "scheduling", "occurred_at": "2026-11-22T18:32:11.144635+00:00", "aggregate_id": "01a20487-b070-7109-8e25-d33417691301", "correlation_id": "01a20487-b025-73c7-ba7d-f5bdb3c8fbcb"}', 'done', 1, '2026-11-22 18:32:41.181354+00', '2026-11-22 18:32:11.181354+00', '2026-11-22 18:32:11.227197+00', NULL);
INSERT INTO public.inbox VALUES ('01a20487-b6dd-720f-9d62-95e7ac0a6554', 'scheduling', 'MeetingChanged', '01a20487-ae39-7156-b8fa-662f9093b698', 2, '01a20487-b6bf-761d-a3a8-29b5f2a37d52', '{"id": "01a20487-b6dd-720f-9d62-95e7ac0a6554", "name": "MeetingChanged", "payload": {"slug": "treffen", "tell": true, "slots": [{"label": "", "ends_at": "2098-06-11T16:15:00+00:00", "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "capacity": 7, "starts_at": "2098-06-11T13:30:00+00:00"}], "state": "published", "title": "Treffen der Betriebe", "venue": {"city": "Dortmund", "name": "Hauptschule Kley 3", "room": "Aula", "street": "Kleyer Weg 1", "postcode": "44149", "venue_id": "01a20487-ae09-745f-8c98-3703ea8a272d", "arrival_note": "Eingang am Hof, Parken an der Turnhalle, Haltestelle Kley.", "accessibility": "Stufenlos, Aufzug."}, "agenda": [{"title": "Neues aus dem Netzwerk", "speaker": "", "starts_at": "2098-06-11T13:30:00+00:00"}], "changes": [{"after": "2098-06-11T15:30:00+02:00", "field": "starts_at", "before": "2098-06-11T15:00:00+02:00", "slot_id": null}, {"after": "2098-06-11T18:15:00+02:00", "field": "ends_at", "before": "2098-06-11T17:45:00+02:00", "slot_id": null}, {"after": "15:30 Neues aus dem Netzwerk", "field": "agenda", "before": "15:00 Neues aus dem Netzwerk", "slot_id": null}, {"after": "2098-06-11T15:30:00+02:00/2098-06-11T18:15:00+02:00", "field": "slot", "before": "2098-06-11T15:00:00+02:00/2098-06-11T17:45:00+02:00", "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57"}], "ends_at": "2098-06-11T16:15:00+00:00", "approval": false, "revision": 2, "waitlist": "strict", "admission": "open", "starts_at": "2098-06-11T13:30:00+00:00", "time_zone": "Europe/Berlin", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "description": "Netzwerktreffen der Partnerbetriebe.", "focus_topic": "Praktika, die passen", "seats_per_company": null, "registration_opens_at": null, "registration_closes_at": null}, "version": 1, "revision": 2, "publisher": "scheduling", "occurred_at": "2026-11-22T18:32:12.765399+00:00", "aggregate_id": "01a20487-ae39-7156-b8fa-662f9093b698", "correlation_id": "01a20487-b6bf-761d-a3a8-29b5f2a37d52"}', 'done', 1, '2026-11-22 18:32:42.793687+00', '2026-11-22 18:32:12.793687+00', '2026-11-22 18:32:12.873262+00', NULL);
INSERT INTO public.invitation VALUES ('01a20487-b812-7690-8ab6-adaa70caabea', '01a20487-ad3f-7365-988c-7833af03ec75', '01a20487-ae39-7156-b8fa-662f9093b698', 'Igel KG', 'igel kg', 'Ina Igel', 'ina@igel.example', 'ina@igel.example', 'de', '', NULL, 1, 1, 0, '2026-11-22 18:32:13.06402+00', '2026-11-22 18:32:13.06402+00', '', NULL, NULL, '01a20487-a06a-753c-a0de-9f3f5f9e1be6', false);
INSERT INTO public.meeting VALUES ('01a20487-ae39-7156-b8fa-662f9093b698', 2, '01a20487-ad3f-7365-988c-7833af03ec75', 'treffen', 'published', 'Treffen der Betriebe', 'Netzwerktreffen der Partnerbetriebe.', 'Praktika, die passen', '2098-06-11 13:30:00+00', '2098-06-11 16:15:00+00', 'Europe/Berlin', '{"city": "Dortmund", "name": "Hauptschule Kley 3", "room": "Aula", "street": "Kleyer Weg 1", "postcode": "44149", "venue_id": "01a20487-ae09-745f-8c98-3703ea8a272d", "arrival_note": "Eingang am Hof, Parken an der Turnhalle, Haltestelle Kley.", "accessibility": "Stufenlos, Aufzug."}', '[{"title": "Neues aus dem Netzwerk", "speaker": "", "starts_at": "2098-06-11T13:30:00+00:00"}]', 'open', NULL, NULL, NULL, false, 'strict', '');
INSERT INTO public.network VALUES ('01a20487-ad3f-7365-988c-7833af03ec75', 1, 'netzwerk-183154-2', 'Netzwerk 1', 'de', 'Europe/Berlin', 'Kora Dinator', 'netzwerk@stadt.example', '+49 231 555 0100');
INSERT INTO public.network VALUES ('01a20487-b070-7109-8e25-d33417691301', 1, 'netzwerk-183154-6', 'Netzwerk 5', 'de', 'Europe/Berlin', 'Kora Dinator', 'netzwerk@stadt.example', '+49 231 555 0100');
INSERT INTO public.outbox_delivery VALUES ('01a20487-b129-74b2-b4b5-bdefd50f4aad', 'scheduling', 'published', 1, 0, '2026-11-22 18:42:11.328792+00', '2026-11-22 18:32:11.328808+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b129-74b2-b4b5-bdefd50f4aad', 'notifications', 'published', 1, 0, '2026-11-22 18:42:11.328792+00', '2026-11-22 18:32:11.328808+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b322-7320-a5d6-79a544172b1b', 'scheduling', 'published', 1, 0, '2026-11-22 18:42:11.841762+00', '2026-11-22 18:32:11.841775+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b322-7320-a5d6-79a544172b1b', 'notifications', 'published', 1, 0, '2026-11-22 18:42:11.841762+00', '2026-11-22 18:32:11.841775+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b3f1-7029-a654-882a1f53caf9', 'scheduling', 'published', 1, 0, '2026-11-22 18:42:12.046838+00', '2026-11-22 18:32:12.046855+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b3f1-7029-a654-882a1f53caf9', 'notifications', 'published', 1, 0, '2026-11-22 18:42:12.046838+00', '2026-11-22 18:32:12.046855+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b4a4-76de-be2c-f3d885c874c5', 'scheduling', 'published', 1, 0, '2026-11-22 18:42:12.237708+00', '2026-11-22 18:32:12.237722+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b4a4-76de-be2c-f3d885c874c5', 'notifications', 'published', 1, 0, '2026-11-22 18:42:12.237708+00', '2026-11-22 18:32:12.237722+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b619-72f9-b80e-ee9d6cbf5727', 'scheduling', 'published', 1, 0, '2026-11-22 18:42:12.6208+00', '2026-11-22 18:32:12.620813+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b619-72f9-b80e-ee9d6cbf5727', 'notifications', 'published', 1, 0, '2026-11-22 18:42:12.6208+00', '2026-11-22 18:32:12.620813+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b82a-75ba-b03e-56568bf7c9e1', 'notifications', 'published', 1, 0, '2026-11-22 18:42:13.110761+00', '2026-11-22 18:32:13.110775+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b8af-756e-a51b-1512df4a318b', 'scheduling', 'published', 1, 0, '2026-11-22 18:42:13.252943+00', '2026-11-22 18:32:13.25296+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-b8af-756e-a51b-1512df4a318b', 'notifications', 'published', 1, 0, '2026-11-22 18:42:13.252943+00', '2026-11-22 18:32:13.25296+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-bdd4-72c3-94e8-e6d7712fa233', 'scheduling', 'published', 1, 0, '2026-11-22 18:42:14.59316+00', '2026-11-22 18:32:14.593173+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-bdd4-72c3-94e8-e6d7712fa233', 'notifications', 'published', 1, 0, '2026-11-22 18:42:14.59316+00', '2026-11-22 18:32:14.593173+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-c32c-778f-83ce-0a044b767879', 'scheduling', 'published', 1, 0, '2026-11-22 18:42:15.94689+00', '2026-11-22 18:32:15.946904+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-c32c-778f-83ce-0a044b767879', 'notifications', 'published', 1, 0, '2026-11-22 18:42:15.94689+00', '2026-11-22 18:32:15.946904+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-c381-733d-bdd3-d881026db2ca', 'scheduling', 'published', 1, 0, '2026-11-22 18:42:16.015585+00', '2026-11-22 18:32:16.015599+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-c381-733d-bdd3-d881026db2ca', 'notifications', 'published', 1, 0, '2026-11-22 18:42:16.015585+00', '2026-11-22 18:32:16.015599+00', NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-c3e6-73cf-b7a6-2006653e2d4d', 'scheduling', 'pending', 0, 0, '2026-11-22 18:32:16.10273+00', NULL, NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-c3e6-73cf-b7a6-2006653e2d4d', 'notifications', 'pending', 0, 0, '2026-11-22 18:32:16.10273+00', NULL, NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-c3fa-7113-8b96-688c4edc97d1', 'scheduling', 'pending', 0, 0, '2026-11-22 18:32:16.122037+00', NULL, NULL, NULL);
INSERT INTO public.outbox_delivery VALUES ('01a20487-c3fa-7113-8b96-688c4edc97d1', 'notifications', 'pending', 0, 0, '2026-11-22 18:32:16.122037+00', NULL, NULL, NULL);
INSERT INTO public.outbox_event VALUES ('01a20487-b129-74b2-b4b5-bdefd50f4aad', 'RegistrationHeld', 1, '01a20487-b129-74b2-b4b5-bdec23b15f10', 1, '2026-11-22 18:32:11.305722+00', '01a20487-b121-74a1-abd8-1e0b85d13809', '{"seats": 2, "state": "held", "reason": "", "company": {"name": "Ampel GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b122-76f8-a0f8-17eeb7c4ebaf"}, "contact": {"name": "Anna Ampel", "email": "anna@ampel.example", "phone": "0231 555 0199", "contact_id": "01a20487-b122-76f8-a0f8-17ef6e926aa3"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 1, "attendees": [{"name": "Anna Ampel", "email": "anna@ampel.example", "is_contact": true, "attendee_id": "01a20487-b129-74b2-b4b5-bded04637de8", "link_version": 1}, {"name": "Begleitung 1", "email": null, "is_contact": false, "attendee_id": "01a20487-b129-74b2-b4b5-bdee262bf773", "link_version": 1}], "on_behalf": false, "held_until": "2098-06-11T13:00:00+00:00", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": null, "link_version": 1, "signed_up_at": "2026-11-22T18:32:11.298455+00:00", "previous_state": "", "registration_id": "01a20487-b129-74b2-b4b5-bdec23b15f10"}');
INSERT INTO public.outbox_event VALUES ('01a20487-b322-7320-a5d6-79a544172b1b', 'RegistrationConfirmed', 1, '01a20487-b129-74b2-b4b5-bdec23b15f10', 2, '2026-11-22 18:32:11.810688+00', '01a20487-b31e-759e-b9d7-de79aa19bcd4', '{"seats": 2, "state": "confirmed", "reason": "", "company": {"name": "Ampel GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b122-76f8-a0f8-17eeb7c4ebaf"}, "contact": {"name": "Anna Ampel", "email": "anna@ampel.example", "phone": "0231 555 0199", "contact_id": "01a20487-b122-76f8-a0f8-17ef6e926aa3"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 2, "attendees": [{"name": "Anna Ampel", "email": "anna@ampel.example", "is_contact": true, "attendee_id": "01a20487-b129-74b2-b4b5-bded04637de8", "link_version": 1}, {"name": "Begleitung 1", "email": null, "is_contact": false, "attendee_id": "01a20487-b129-74b2-b4b5-bdee262bf773", "link_version": 1}], "on_behalf": false, "held_until": null, "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": "2026-11-22T18:32:11.807846+00:00", "link_version": 1, "signed_up_at": "2026-11-22T18:32:11.298455+00:00", "previous_state": "held", "registration_id": "01a20487-b129-74b2-b4b5-bdec23b15f10"}');
INSERT INTO public.outbox_event VALUES ('01a20487-b3f1-7029-a654-882a1f53caf9', 'RegistrationHeld', 1, '01a20487-b3f1-7029-a654-88282306695c', 1, '2026-11-22 18:32:12.017449+00', '01a20487-b3dd-7078-9aec-6d2bcb77ba16', '{"seats": 1, "state": "held", "reason": "", "company": {"name": "Gans GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b3eb-7408-b5a7-094e904e55b9"}, "contact": {"name": "Gero Gans", "email": "gero@gans.example", "phone": "0231 555 0199", "contact_id": "01a20487-b3eb-7408-b5a7-094ffb4fa42b"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 1, "attendees": [{"name": "Gero Gans", "email": "gero@gans.example", "is_contact": true, "attendee_id": "01a20487-b3f1-7029-a654-88293ff8e7f4", "link_version": 1}], "on_behalf": false, "held_until": "2098-06-11T13:00:00+00:00", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": null, "link_version": 1, "signed_up_at": "2026-11-22T18:32:12.010867+00:00", "previous_state": "", "registration_id": "01a20487-b3f1-7029-a654-88282306695c"}');
INSERT INTO public.outbox_event VALUES ('01a20487-b4a4-76de-be2c-f3d885c874c5', 'RegistrationConfirmed', 1, '01a20487-b3f1-7029-a654-88282306695c', 2, '2026-11-22 18:32:12.196576+00', '01a20487-b499-75d8-9d32-d51e25061760', '{"seats": 1, "state": "confirmed", "reason": "", "company": {"name": "Gans GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b3eb-7408-b5a7-094e904e55b9"}, "contact": {"name": "Gero Gans", "email": "gero@gans.example", "phone": "0231 555 0199", "contact_id": "01a20487-b3eb-7408-b5a7-094ffb4fa42b"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 2, "attendees": [{"name": "Gero Gans", "email": "gero@gans.example", "is_contact": true, "attendee_id": "01a20487-b3f1-7029-a654-88293ff8e7f4", "link_version": 1}], "on_behalf": false, "held_until": null, "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": "2026-11-22T18:32:12.186453+00:00", "link_version": 1, "signed_up_at": "2026-11-22T18:32:12.010867+00:00", "previous_state": "held", "registration_id": "01a20487-b3f1-7029-a654-88282306695c"}');
INSERT INTO public.outbox_event VALUES ('01a20487-b619-72f9-b80e-ee9d6cbf5727', 'RegistrationCancelled', 1, '01a20487-b3f1-7029-a654-88282306695c', 3, '2026-11-22 18:32:12.569293+00', '01a20487-b578-77ee-ada0-cae15aa63ae1', '{"seats": 1, "state": "cancelled", "reason": "contact", "company": {"name": "Gans GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b3eb-7408-b5a7-094e904e55b9"}, "contact": {"name": "Gero Gans", "email": "gero@gans.example", "phone": "0231 555 0199", "contact_id": "01a20487-b3eb-7408-b5a7-094ffb4fa42b"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 3, "attendees": [{"name": "Gero Gans", "email": "gero@gans.example", "is_contact": true, "attendee_id": "01a20487-b3f1-7029-a654-88293ff8e7f4", "link_version": 1}], "on_behalf": false, "held_until": null, "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": "2026-11-22T18:32:12.186453+00:00", "link_version": 1, "signed_up_at": "2026-11-22T18:32:12.010867+00:00", "previous_state": "confirmed", "registration_id": "01a20487-b3f1-7029-a654-88282306695c"}');
INSERT INTO public.outbox_event VALUES ('01a20487-b82a-75ba-b03e-56568bf7c9e1', 'InvitationIssued', 1, '01a20487-b812-7690-8ab6-adaa70caabea', 1, '2026-11-22 18:32:13.098583+00', '01a20487-b7de-7749-a356-54cb165931cb', '{"language": "de", "revision": 1, "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "company_name": "Igel KG", "contact_name": "Ina Igel", "link_version": 1, "contact_email": "ina@igel.example", "invitation_id": "01a20487-b812-7690-8ab6-adaa70caabea", "reminder_number": 0, "on_recommendation_of": ""}');
INSERT INTO public.outbox_event VALUES ('01a20487-b8af-756e-a51b-1512df4a318b', 'RegistrationHeld', 1, '01a20487-b8af-756e-a51b-1510957e00aa', 1, '2026-11-22 18:32:13.231996+00', '01a20487-b8a3-76db-93df-16b9329c672a', '{"seats": 1, "state": "held", "reason": "", "company": {"name": "Dachs GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b8a4-7346-9609-95ed272340f2"}, "contact": {"name": "Doro Dachs", "email": "doro@dachs.example", "phone": "0231 555 0199", "contact_id": "01a20487-b8a4-7346-9609-95eeb095219e"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 1, "attendees": [{"name": "Doro Dachs", "email": "doro@dachs.example", "is_contact": true, "attendee_id": "01a20487-b8af-756e-a51b-1511599f01ca", "link_version": 1}], "on_behalf": false, "held_until": "2098-06-11T13:30:00+00:00", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": null, "link_version": 1, "signed_up_at": "2026-11-22T18:32:13.219924+00:00", "previous_state": "", "registration_id": "01a20487-b8af-756e-a51b-1510957e00aa"}');
INSERT INTO public.outbox_event VALUES ('01a20487-bdd4-72c3-94e8-e6d7712fa233', 'RegistrationConfirmed', 1, '01a20487-b8af-756e-a51b-1510957e00aa', 2, '2026-11-22 18:32:14.548074+00', '01a20487-bdcd-74ff-8114-480b30274684', '{"seats": 1, "state": "confirmed", "reason": "", "company": {"name": "Dachs GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-b8a4-7346-9609-95ed272340f2"}, "contact": {"name": "Doro Dachs", "email": "doro@dachs.example", "phone": "0231 555 0199", "contact_id": "01a20487-b8a4-7346-9609-95eeb095219e"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 2, "attendees": [{"name": "Doro Dachs", "email": "doro@dachs.example", "is_contact": true, "attendee_id": "01a20487-b8af-756e-a51b-1511599f01ca", "link_version": 1}], "on_behalf": false, "held_until": null, "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": "2026-11-22T18:32:14.542168+00:00", "link_version": 1, "signed_up_at": "2026-11-22T18:32:13.219924+00:00", "previous_state": "held", "registration_id": "01a20487-b8af-756e-a51b-1510957e00aa"}');
INSERT INTO public.outbox_event VALUES ('01a20487-c381-733d-bdd3-d881026db2ca', 'RegistrationHeld', 1, '01a20487-c381-733d-bdd3-d87fe9b35fa8', 1, '2026-11-22 18:32:16.001287+00', '01a20487-c379-753d-b2dc-80af3c8b8a65', '{"seats": 1, "state": "held", "reason": "", "company": {"name": "Esche GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-c37c-77f8-9285-5914a5d8f3d8"}, "contact": {"name": "Emil Esche", "email": "emil@esche.example", "phone": "0231 555 0199", "contact_id": "01a20487-c37c-77f8-9285-5915655774c4"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 1, "attendees": [{"name": "Emil Esche", "email": "emil@esche.example", "is_contact": true, "attendee_id": "01a20487-c381-733d-bdd3-d88038f70938", "link_version": 1}], "on_behalf": false, "held_until": "2098-06-11T13:30:00+00:00", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": null, "link_version": 1, "signed_up_at": "2026-11-22T18:32:15.996432+00:00", "previous_state": "", "registration_id": "01a20487-c381-733d-bdd3-d87fe9b35fa8"}');
INSERT INTO public.outbox_event VALUES ('01a20487-c3fa-7113-8b96-688c4edc97d1', 'RegistrationWaitlisted', 1, '01a20487-c3f9-744b-883e-5bb22a002f26', 1, '2026-11-22 18:32:16.122037+00', '01a20487-c3f5-73d2-9729-c57dac4bb102', '{"seats": 1, "state": "waitlisted", "reason": "full", "company": {"name": "Grau GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-c3f6-77fc-9958-319c456ce20f"}, "contact": {"name": "Gitta Grau", "email": "gitta@grau.example", "phone": "0231 555 0199", "contact_id": "01a20487-c3f6-77fc-9958-319d3301ae9c"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "position": 1, "revision": 1, "attendees": [{"name": "Gitta Grau", "email": "gitta@grau.example", "is_contact": true, "attendee_id": "01a20487-c3f9-744b-883e-5bb3e566da9e", "link_version": 1}], "on_behalf": false, "held_until": null, "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": null, "link_version": 1, "signed_up_at": "2026-11-22T18:32:16.118534+00:00", "previous_state": "", "registration_id": "01a20487-c3f9-744b-883e-5bb22a002f26"}');
INSERT INTO public.outbox_event VALUES ('01a20487-c32c-778f-83ce-0a044b767879', 'RegistrationHeld', 1, '01a20487-c32c-778f-83ce-0a02a3917b83', 1, '2026-11-22 18:32:15.916755+00', '01a20487-c328-73ae-86b2-cd243fc973c8', '{"seats": 1, "state": "held", "reason": "", "company": {"name": "Eibe GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-c329-7549-8065-b52baa79dabc"}, "contact": {"name": "Edda Eibe", "email": "edda@eibe.example", "phone": "0231 555 0199", "contact_id": "01a20487-c329-7549-8065-b52cec4c8e01"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 1, "attendees": [{"name": "Edda Eibe", "email": "edda@eibe.example", "is_contact": true, "attendee_id": "01a20487-c32c-778f-83ce-0a0378a0406f", "link_version": 1}], "on_behalf": false, "held_until": "2098-06-11T13:30:00+00:00", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": null, "link_version": 1, "signed_up_at": "2026-11-22T18:32:15.913326+00:00", "previous_state": "", "registration_id": "01a20487-c32c-778f-83ce-0a02a3917b83"}');
INSERT INTO public.outbox_event VALUES ('01a20487-c3e6-73cf-b7a6-2006653e2d4d', 'RegistrationHeld', 1, '01a20487-c3e6-73cf-b7a6-20036056ed0c', 1, '2026-11-22 18:32:16.10273+00', '01a20487-c3e3-702b-ab3b-c7154afd3615', '{"seats": 2, "state": "held", "reason": "", "company": {"name": "Falk GmbH", "district": "Huckarde", "postcode": "44369", "company_id": "01a20487-c3e4-7478-88e2-92dc0192f69e"}, "contact": {"name": "Frida Falk", "email": "frida@falk.example", "phone": "0231 555 0199", "contact_id": "01a20487-c3e4-7478-88e2-92ddaa886062"}, "slot_id": "01a20487-ae3a-730d-b369-8058980f2a57", "language": "de", "revision": 1, "attendees": [{"name": "Frida Falk", "email": "frida@falk.example", "is_contact": true, "attendee_id": "01a20487-c3e6-73cf-b7a6-2004f27adc53", "link_version": 1}, {"name": "Begleitung 1", "email": null, "is_contact": false, "attendee_id": "01a20487-c3e6-73cf-b7a6-2005e340c727", "link_version": 1}], "on_behalf": false, "held_until": "2098-06-11T13:30:00+00:00", "meeting_id": "01a20487-ae39-7156-b8fa-662f9093b698", "network_id": "01a20487-ad3f-7365-988c-7833af03ec75", "verified_at": null, "link_version": 1, "signed_up_at": "2026-11-22T18:32:16.099983+00:00", "previous_state": "", "registration_id": "01a20487-c3e6-73cf-b7a6-20036056ed0c"}');
INSERT INTO public.registration VALUES ('01a20487-b129-74b2-b4b5-bdec23b15f10', '01a20487-ad3f-7365-988c-7833af03ec75', '01a20487-ae39-7156-b8fa-662f9093b698', '01a20487-ae3a-730d-b369-8058980f2a57', '01a20487-b122-76f8-a0f8-17eeb7c4ebaf', '01a20487-b122-76f8-a0f8-17ef6e926aa3', 'Ampel GmbH', 'ampel gmbh', '44369', 'Huckarde', 'Anna Ampel', 'anna@ampel.example', 'anna@ampel.example', '0231 555 0199', 'confirmed', 2, 1, '', '2026-11-22 18:32:11.298455+00', '2026-11-22 18:32:11.807846+00', NULL, '2026-11-22 18:32:11.807846+00', 1, 2, 'de', false, false, '', '', '2025-11', '{}', NULL, NULL, '{}', '''1'':7 ''ampel'':1 ''anna'':3 ''anna@ampel.example'':5 ''begleitung'':6 ''example'':4 ''gmbh'':2');
INSERT INTO public.registration VALUES ('01a20487-b3f1-7029-a654-88282306695c', '01a20487-ad3f-7365-988c-7833af03ec75', '01a20487-ae39-7156-b8fa-662f9093b698', '01a20487-ae3a-730d-b369-8058980f2a57', '01a20487-b3eb-7408-b5a7-094e904e55b9', '01a20487-b3eb-7408-b5a7-094ffb4fa42b', 'Gans GmbH', 'gans gmbh', '44369', 'Huckarde', 'Gero Gans', 'gero@gans.example', 'gero@gans.example', '0231 555 0199', 'cancelled', 1, 2, 'contact', '2026-11-22 18:32:12.010867+00', '2026-11-22 18:32:12.186453+00', NULL, '2026-11-22 18:32:12.496767+00', 1, 3, 'de', false, false, '', '', '2025-11', '{}', NULL, NULL, '{}', '''example'':4 ''gans'':1 ''gero'':3 ''gero@gans.example'':5 ''gmbh'':2');
INSERT INTO public.registration VALUES ('01a20487-b8af-756e-a51b-1510957e00aa', '01a20487-ad3f-7365-988c-7833af03ec75', '01a20487-ae39-7156-b8fa-662f9093b698', '01a20487-ae3a-730d-b369-8058980f2a57', '01a20487-b8a4-7346-9609-95ed272340f2', '01a20487-b8a4-7346-9609-95eeb095219e', 'Dachs GmbH', 'dachs gmbh', '44369', 'Huckarde', 'Doro Dachs', 'doro@dachs.example', 'doro@dachs.example', '0231 555 0199', 'confirmed', 1, 3, '', '2026-11-22 18:32:13.219924+00', '2026-11-22 18:32:14.542168+00', NULL, '2026-11-22 18:32:14.542168+00', 1, 2, 'de', false, false, '', '', '2025-11', '{}', NULL, NULL, '{}', '''dachs'':1 ''doro'':3 ''doro@dachs.example'':5 ''example'':4 ''gmbh'':2');
INSERT INTO public.registration VALUES ('01a20487-c32c-778f-83ce-0a02a3917b83', '01a20487-ad3f-7365-988c-7833af03ec75', '01a20487-ae39-7156-b8fa-662f9093b698', '01a20487-ae3a-730d-b369-8058980f2a57', '01a20487-c329-7549-8065-b52baa79dabc', '01a20487-c329-7549-8065-b52cec4c8e01', 'Eibe GmbH', 'eibe gmbh', '44369', 'Huckarde', 'Edda Eibe', 'edda@eibe.example', 'edda@eibe.example', '0231 555 0199', 'held', 1, 4, '', '2026-11-22 18:32:15.913326+00', NULL, '2098-06-11 13:30:00+00', '2026-11-22 18:32:15.913326+00', 1, 1, 'de', false, false, '', '', '2025-11', '{}', NULL, NULL, '{}', '''edda'':3 ''edda@eibe.example'':5 ''eibe'':1 ''example'':4 ''gmbh'':2');
INSERT INTO public.registration VALUES ('01a20487-c381-733d-bdd3-d87fe9b35fa8', '01a20487-ad3f-7365-988c-7833af03ec75', '01a20487-ae39-7156-b8fa-662f9093b698', '01a20487-ae3a-730d-b369-8058980f2a57', '01a20487-c37c-77f8-9285-5914a5d8f3d8', '01a20487-c37c-77f8-9285-5915655774c4', 'Esche GmbH', 'esche gmbh', '44369', 'Huckarde', 'Emil Esche', 'emil@esche.example', 'emil@esche.example', '0231 555 0199', 'held', 1, 5, '', '2026-11-22 18:32:15.996432+00', NULL, '2098-06-11 13:30:00+00', '2026-11-22 18:32:15.996432+00', 1, 1, 'de', false, false, '', '', '2025-11', '{}', NULL, NULL, '{}', '''emil'':3 ''emil@esche.example'':5 ''esche'':1 ''example'':4 ''gmbh'':2');
INSERT INTO public.registration VALUES ('01a20487-c3e6-73cf-b7a6-20036056ed0c', '01a20487-ad3f-7365-988c-7833af03ec75', '01a20487-ae39-7156-b8fa-662f9093b698', '01a20487-ae3a-730d-b369-8058980f2a57', '01a20487-c3e4-7478-88e2-92dc0192f69e', '01a20487-c3e4-7478-88e2-92ddaa886062', 'Falk GmbH', 'falk gmbh', '44369', 'Huckarde', 'Frida Falk', 'frida@falk.example', 'frida@falk.example', '0231 555 0199', 'held', 2, 6, '', '2026-11-22 18:32:16.099983+00', NULL, '2098-06-11 13:30:00+00', '2026-11-22 18:32:16.099983+00', 1, 1, 'de', false, false, '', '', '2025-11', '{}', NULL, NULL, '{}', '''1'':7 ''begleitung'':6 ''example'':4 ''falk'':1 ''frida'':3 ''frida@falk.example'':5 ''gmbh'':2');
INSERT INTO public.registration VALUES ('01a20487-c3f9-744b-883e-5bb22a002f26', '01a20487-ad3f-7365-988c-7833af03ec75', '01a20487-ae39-7156-b8fa-662f9093b698', '01a20487-ae3a-730d-b369-8058980f2a57', '01a20487-c3f6-77fc-9958-319c456ce20f', '01a20487-c3f6-77fc-9958-319d3301ae9c', 'Grau GmbH', 'grau gmbh', '44369', 'Huckarde', 'Gitta Grau', 'gitta@grau.example', 'gitta@grau.example', '0231 555 0199', 'waitlisted', 1, 7, 'full', '2026-11-22 18:32:16.118534+00', NULL, '2098-06-11 13:30:00+00', '2026-11-22 18:32:16.118534+00', 1, 1, 'de', false, false, '', '', '2025-11', '{}', NULL, NULL, '{}', '''example'':4 ''gitta'':3 ''gitta@grau.example'':5 ''gmbh'':2 ''grau'':1');
INSERT INTO public.slot VALUES ('01a20487-ae3a-730d-b369-8058980f2a57', '01a20487-ae39-7156-b8fa-662f9093b698', '', '2098-06-11 13:30:00+00', '2098-06-11 16:15:00+00', 7, 7, 1, 1, 7, false, 0, false);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.attendee
    ADD CONSTRAINT pk_attendee PRIMARY KEY (id);
ALTER TABLE ONLY public.company
    ADD CONSTRAINT pk_company PRIMARY KEY (id);
ALTER TABLE ONLY public.company_domain
    ADD CONSTRAINT pk_company_domain PRIMARY KEY (domain);
ALTER TABLE ONLY public.contact
    ADD CONSTRAINT pk_contact PRIMARY KEY (id);
ALTER TABLE ONLY public.coordinator
    ADD CONSTRAINT pk_coordinator PRIMARY KEY (id);
ALTER TABLE ONLY public.coordinator_visit
    ADD CONSTRAINT pk_coordinator_visit PRIMARY KEY (coordinator_id, place);
ALTER TABLE ONLY public.district
    ADD CONSTRAINT pk_district PRIMARY KEY (id);
ALTER TABLE ONLY public.failing_address
    ADD CONSTRAINT pk_failing_address PRIMARY KEY (email_key);
ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT pk_idempotency_key PRIMARY KEY (key);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (event_id);
ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT pk_invitation PRIMARY KEY (id);
ALTER TABLE ONLY public.legal_text
    ADD CONSTRAINT pk_legal_text PRIMARY KEY (page, language);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT pk_meeting PRIMARY KEY (id);
ALTER TABLE ONLY public.network
    ADD CONSTRAINT pk_network PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_delivery
    ADD CONSTRAINT pk_outbox_delivery PRIMARY KEY (event_id, subscriber);
ALTER TABLE ONLY public.outbox_event
    ADD CONSTRAINT pk_outbox_event PRIMARY KEY (id);
ALTER TABLE ONLY public.planned_mails
    ADD CONSTRAINT pk_planned_mails PRIMARY KEY (meeting_id);
ALTER TABLE ONLY public.registration
    ADD CONSTRAINT pk_registration PRIMARY KEY (id);
ALTER TABLE ONLY public.repeated_sign_up
    ADD CONSTRAINT pk_repeated_sign_up PRIMARY KEY (id);
ALTER TABLE ONLY public.slot
    ADD CONSTRAINT pk_slot PRIMARY KEY (id);
ALTER TABLE ONLY public.company
    ADD CONSTRAINT uq_company_name_key_postcode UNIQUE (name_key, postcode);
ALTER TABLE ONLY public.contact
    ADD CONSTRAINT uq_contact_email_key UNIQUE (email_key);
CREATE INDEX ix_attendee_registration_id ON public.attendee USING btree (registration_id);
CREATE INDEX ix_company_domain_company_id ON public.company_domain USING btree (company_id);
CREATE INDEX ix_company_sort_key ON public.company USING btree (sort_key);
CREATE INDEX ix_contact_company_id ON public.contact USING btree (company_id);
CREATE INDEX ix_district_network_id ON public.district USING btree (network_id);
CREATE INDEX ix_failing_address_invitation_id ON public.failing_address USING btree (invitation_id);
CREATE INDEX ix_failing_address_registration_id ON public.failing_address USING btree (registration_id);
CREATE INDEX ix_idempotency_key_created_at ON public.idempotency_key USING btree (created_at);
CREATE INDEX ix_inbox_done_at ON public.inbox USING btree (done_at);
CREATE INDEX ix_inbox_due ON public.inbox USING btree (due_at) WHERE (state = 'new'::text);
CREATE INDEX ix_inbox_unfinished ON public.inbox USING btree (aggregate_id, revision) WHERE (state = ANY (ARRAY['new'::text, 'parked'::text]));
CREATE INDEX ix_invitation_email_key ON public.invitation USING btree (email_key);
CREATE INDEX ix_invitation_of_meeting ON public.invitation USING btree (meeting_id, company_sort, id);
CREATE INDEX ix_invitation_registration_id ON public.invitation USING btree (registration_id);
CREATE INDEX ix_meeting_slug ON public.meeting USING btree (slug);
CREATE INDEX ix_meeting_starts_at ON public.meeting USING btree (starts_at);
CREATE INDEX ix_meeting_upcoming ON public.meeting USING btree (network_id, starts_at);
CREATE INDEX ix_network_slug ON public.network USING btree (slug);
CREATE INDEX ix_outbox_delivery_open ON public.outbox_delivery USING btree (state, due_at) WHERE (state <> 'received'::text);
CREATE INDEX ix_outbox_event_aggregate_id ON public.outbox_event USING btree (aggregate_id);
CREATE INDEX ix_registration_by_state ON public.registration USING btree (meeting_id, state, company_sort, id);
CREATE INDEX ix_registration_deadline ON public.registration USING btree (deadline_at) WHERE (deadline_at IS NOT NULL);
CREATE INDEX ix_registration_doubtful ON public.registration USING btree (network_id, id) WHERE (hint <> ''::text);
CREATE INDEX ix_registration_email_key ON public.registration USING btree (email_key);
CREATE INDEX ix_registration_linked_to ON public.registration USING btree (linked_to) WHERE (linked_to IS NOT NULL);
CREATE INDEX ix_registration_news ON public.registration USING btree (meeting_id, state_changed_at);
CREATE INDEX ix_registration_of_company ON public.registration USING btree (company_id, meeting_id);
CREATE INDEX ix_registration_of_meeting ON public.registration USING btree (meeting_id, company_sort, id);
CREATE INDEX ix_registration_of_network ON public.registration USING btree (network_id, id);
CREATE INDEX ix_registration_of_slot ON public.registration USING btree (slot_id, company_sort, id);
CREATE INDEX ix_registration_pending ON public.registration USING btree (network_id, id) WHERE (state = 'pending_approval'::text);
CREATE INDEX ix_registration_rank ON public.registration USING btree (slot_id, rank) WHERE (state = 'waitlisted'::text);
CREATE INDEX ix_registration_search ON public.registration USING gin (search);
CREATE INDEX ix_repeated_sign_up_created_at ON public.repeated_sign_up USING btree (created_at);
CREATE INDEX ix_repeated_sign_up_registration_id ON public.repeated_sign_up USING btree (registration_id);
CREATE INDEX ix_slot_meeting_id ON public.slot USING btree (meeting_id);
CREATE UNIQUE INDEX uq_invitation_address ON public.invitation USING btree (meeting_id, email_key) WHERE (NOT withdrawn);
CREATE UNIQUE INDEX uq_registration_living ON public.registration USING btree (slot_id, email_key) WHERE ((state = ANY (ARRAY['held'::text, 'pending_approval'::text, 'confirmed'::text, 'waitlisted'::text])) AND (linked_to IS NULL));
ALTER TABLE ONLY public.attendee
    ADD CONSTRAINT fk_attendee_registration_id_registration FOREIGN KEY (registration_id) REFERENCES public.registration(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.company_domain
    ADD CONSTRAINT fk_company_domain_company_id_company FOREIGN KEY (company_id) REFERENCES public.company(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contact
    ADD CONSTRAINT fk_contact_company_id_company FOREIGN KEY (company_id) REFERENCES public.company(id);
ALTER TABLE ONLY public.district
    ADD CONSTRAINT fk_district_network_id_network FOREIGN KEY (network_id) REFERENCES public.network(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT fk_invitation_meeting_id_meeting FOREIGN KEY (meeting_id) REFERENCES public.meeting(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.outbox_delivery
    ADD CONSTRAINT fk_outbox_delivery_event_id_outbox_event FOREIGN KEY (event_id) REFERENCES public.outbox_event(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.registration
    ADD CONSTRAINT fk_registration_company_id_company FOREIGN KEY (company_id) REFERENCES public.company(id);
ALTER TABLE ONLY public.registration
    ADD CONSTRAINT fk_registration_contact_id_contact FOREIGN KEY (contact_id) REFERENCES public.contact(id);
ALTER TABLE ONLY public.registration
    ADD CONSTRAINT fk_registration_meeting_id_meeting FOREIGN KEY (meeting_id) REFERENCES public.meeting(id);
ALTER TABLE ONLY public.registration
    ADD CONSTRAINT fk_registration_slot_id_slot FOREIGN KEY (slot_id) REFERENCES public.slot(id);
ALTER TABLE ONLY public.repeated_sign_up
    ADD CONSTRAINT fk_repeated_sign_up_registration_id_registration FOREIGN KEY (registration_id) REFERENCES public.registration(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.slot
    ADD CONSTRAINT fk_slot_meeting_id_meeting FOREIGN KEY (meeting_id) REFERENCES public.meeting(id) ON DELETE CASCADE;
