-- Devices and their last sign of life, fresh proof for what is dangerous, second factors.

ALTER TABLE session ADD COLUMN seen_at {{int}};
-- Until when what is dangerous may be done without proving oneself again.
ALTER TABLE session ADD COLUMN elevated_until {{int}} NOT NULL DEFAULT 0;
-- When a second factor was given in it; none where it was not asked for.
ALTER TABLE session ADD COLUMN factored_at {{int}};

-- A code belongs to the browser that asked for it: a stranger's guesses and requests use up only the stranger's own.
-- Codes live for minutes, so those on their way are simply asked for again.
DROP TABLE sign_in_code;
CREATE TABLE sign_in_code (
    phone_index {{blob}} NOT NULL,
    browser_digest {{blob}} NOT NULL,
    code_digest {{blob}} NOT NULL,
    sent_at {{int}} NOT NULL,
    expires_at {{int}} NOT NULL,
    tries {{int}} NOT NULL,
    PRIMARY KEY (phone_index, browser_digest)
);
CREATE INDEX sign_in_code_age ON sign_in_code (expires_at);

-- How many messages a number got today: asked for by browsers that have signed in with it before, and by others.
CREATE TABLE sign_in_code_count (
    phone_index {{blob}} NOT NULL,
    is_known {{int}} NOT NULL,
    sent_on {{int}} NOT NULL,
    sent_count {{int}} NOT NULL,
    sent_at {{int}} NOT NULL,
    PRIMARY KEY (phone_index, is_known)
);

-- Browsers that have signed in by a phone or a login before. Guesses from elsewhere never shut them out.
CREATE TABLE known_browser (
    name_index {{blob}} NOT NULL,
    browser_digest {{blob}} NOT NULL,
    account_id {{int}} NOT NULL,
    seen_at {{int}} NOT NULL,
    PRIMARY KEY (name_index, browser_digest)
);
CREATE INDEX known_browser_account ON known_browser (account_id);

-- Somebody who has proved a phone or a password and still owes a second factor: no session yet.
CREATE TABLE pending_sign_in (
    token_digest {{blob}} PRIMARY KEY,
    account_id {{int}} NOT NULL,
    device TEXT NOT NULL,
    name_index {{blob}} NOT NULL,
    tries {{int}} NOT NULL,
    expires_at {{int}} NOT NULL
);

-- Authenticator apps and passkeys. The app's secret is sealed; of a passkey we hold nothing secret.
CREATE TABLE second_factor (
    account_id {{int}} NOT NULL,
    factor_id {{int}} NOT NULL,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    secret_sealed {{blob}},
    -- The last thirty seconds whose code was used, so that none works twice.
    used_step {{int}} NOT NULL DEFAULT 0,
    credential_id {{blob}},
    public_key {{blob}},
    sign_count {{int}} NOT NULL DEFAULT 0,
    added_at {{int}} NOT NULL,
    used_at {{int}},
    removed_at {{int}},
    PRIMARY KEY (account_id, factor_id),
    CHECK (kind IN ('totp', 'passkey'))
);
CREATE UNIQUE INDEX second_factor_credential ON second_factor (credential_id)
    WHERE credential_id IS NOT NULL AND removed_at IS NULL;

-- Recovery codes, each good once; a new set replaces the old.
CREATE TABLE recovery_code (
    account_id {{int}} NOT NULL,
    code_digest {{blob}} NOT NULL,
    used_at {{int}},
    PRIMARY KEY (account_id, code_digest)
);

-- What was asked and waits for its one answer: a passkey's challenge, or an app's secret until a first code proves it.
CREATE TABLE factor_question (
    owner_digest {{blob}} NOT NULL,
    purpose TEXT NOT NULL,
    sealed {{blob}} NOT NULL,
    expires_at {{int}} NOT NULL,
    PRIMARY KEY (owner_digest, purpose)
);

-- Somebody whose phone on the roster is wrong or missing asks to be let in with another. A number and name that nobody
-- has are kept too, without the number itself: the answer, and the time it takes, are the same for all.
CREATE TABLE activation_request (
    request_id {{id}} PRIMARY KEY,
    identity_index {{blob}} NOT NULL,
    learner_id {{int}},
    phone_index {{blob}} NOT NULL,
    phone_sealed {{blob}} NOT NULL,
    phone_masked TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at {{int}} NOT NULL,
    decided_by {{int}},
    decided_at {{int}},
    reason TEXT,
    -- Of the code that the unit hands over.
    code_digest {{blob}},
    code_until {{int}},
    CHECK (state IN ('asked', 'confirmed', 'refused', 'passed_over', 'done'))
);
-- Asking again with the same phone is asking once.
CREATE UNIQUE INDEX activation_request_open ON activation_request (identity_index, phone_index) WHERE state = 'asked';
CREATE INDEX activation_request_learner ON activation_request (learner_id, state);
CREATE INDEX activation_request_asked ON activation_request (asked_at);

-- An account whose second factors are lost: two administrators, or one and the operator's token, take them away.
CREATE TABLE recovery (
    recovery_id {{id}} PRIMARY KEY,
    account_id {{int}} NOT NULL,
    reason TEXT NOT NULL,
    -- 0: the operator's command.
    opened_by {{int}} NOT NULL,
    opened_at {{int}} NOT NULL,
    expires_at {{int}} NOT NULL,
    token_digest {{blob}},
    confirmed_by {{int}},
    confirmed_at {{int}}
);
CREATE INDEX recovery_open ON recovery (expires_at) WHERE confirmed_at IS NULL;

-- Small firms and free-lancers who find their own way in; the county looks at each before it becomes a unit.
CREATE TABLE registration (
    registration_id {{id}} PRIMARY KEY,
    kind TEXT NOT NULL,
    uscc TEXT,
    unit_name TEXT NOT NULL,
    region_code TEXT NOT NULL,
    industry TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    phone_index {{blob}} NOT NULL,
    phone_sealed {{blob}} NOT NULL,
    phone_masked TEXT NOT NULL,
    -- Of a free-lancer, who studies too.
    identity_sealed {{blob}},
    identity_masked TEXT,
    state TEXT NOT NULL,
    asked_at {{int}} NOT NULL,
    decided_by {{int}},
    decided_at {{int}},
    reason TEXT,
    unit_id {{int}},
    CHECK (kind IN ('firm', 'freelancer')),
    CHECK (state IN ('asked', 'accepted', 'refused')),
    CHECK ((kind = 'firm') = (uscc IS NOT NULL))
);
-- The same firm, or the same phone, asks once at a time.
CREATE UNIQUE INDEX registration_uscc ON registration (uscc) WHERE uscc IS NOT NULL AND state = 'asked';
CREATE UNIQUE INDEX registration_phone ON registration (phone_index) WHERE state = 'asked';
CREATE INDEX registration_region ON registration (region_code, registration_id) WHERE state = 'asked';
