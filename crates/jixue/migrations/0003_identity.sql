-- Accounts, sign-in, sessions, grants.

CREATE TABLE account (
    account_id {{id}} PRIMARY KEY,
    login TEXT,
    password_hash TEXT,
    display_name TEXT NOT NULL,
    learner_id {{int}},
    created_at {{int}} NOT NULL,
    disabled_at {{int}}
);
CREATE UNIQUE INDEX account_login ON account (login) WHERE login IS NOT NULL;
CREATE UNIQUE INDEX account_learner ON account (learner_id) WHERE learner_id IS NOT NULL;

-- A phone number signs in one account. The number itself is sealed; sealed so that a code can be sent to it.
CREATE TABLE account_phone (
    phone_index {{blob}} PRIMARY KEY,
    account_id {{int}} NOT NULL,
    phone_sealed {{blob}} NOT NULL
);
CREATE UNIQUE INDEX account_phone_account ON account_phone (account_id);

-- A role within a reach. What can be lifted again is a row with who and when, not a flag.
CREATE TABLE role_grant (
    account_id {{int}} NOT NULL,
    grant_id {{int}} NOT NULL,
    role TEXT NOT NULL,
    region_code TEXT,
    unit_id {{int}},
    base_id {{int}},
    given_by {{int}} NOT NULL,
    given_at {{int}} NOT NULL,
    revoked_by {{int}},
    revoked_at {{int}},
    PRIMARY KEY (account_id, grant_id)
);

-- Only the digest of a session token is stored: a stolen database opens no session.
CREATE TABLE session (
    token_digest {{blob}} PRIMARY KEY,
    account_id {{int}} NOT NULL,
    grant_id {{int}} NOT NULL,
    device TEXT NOT NULL,
    created_at {{int}} NOT NULL,
    expires_at {{int}} NOT NULL,
    ended_at {{int}}
);
CREATE INDEX session_account ON session (account_id);

CREATE TABLE sign_in_code (
    phone_index {{blob}} PRIMARY KEY,
    code_digest {{blob}} NOT NULL,
    sent_at {{int}} NOT NULL,
    expires_at {{int}} NOT NULL,
    tries {{int}} NOT NULL,
    sent_on {{int}} NOT NULL,
    sent_count {{int}} NOT NULL
);

-- The one-time token that makes the first officer; printed by the operator's command, never a default password.
CREATE TABLE setup_token (
    token_digest {{blob}} PRIMARY KEY,
    created_at {{int}} NOT NULL,
    expires_at {{int}} NOT NULL,
    used_at {{int}}
);

-- Text messages on their way. The row is the idempotency key; an unknown outcome is asked for, never sent again blindly.
CREATE TABLE sms_message (
    message_id {{id}} PRIMARY KEY,
    phone_sealed {{blob}} NOT NULL,
    template TEXT NOT NULL,
    parameters_sealed {{blob}} NOT NULL,
    state TEXT NOT NULL,
    provider_id TEXT,
    refusal TEXT,
    created_at {{int}} NOT NULL,
    sent_at {{int}}
);
