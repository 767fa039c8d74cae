-- WeChat and other issuers as ways in, UKey certificates beside the other second factors, work done in place of waiting.

-- Whom another side vouches for: an openid under an official account's appid, or a subject under an OIDC issuer. They are
-- found by keyed digests; sealed beside them is who it is there, for messages and for turning the key.
CREATE TABLE binding (
    binding_id {{id}} PRIMARY KEY,
    account_id {{int}} NOT NULL,
    provider TEXT NOT NULL,
    subject_index {{blob}} NOT NULL,
    union_index {{blob}},
    subject_sealed {{blob}} NOT NULL,
    bound_at {{int}} NOT NULL,
    used_at {{int}},
    removed_at {{int}}
);
-- One person there is one account here, and one account has one of each.
CREATE UNIQUE INDEX binding_subject ON binding (provider, subject_index) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX binding_union ON binding (union_index) WHERE union_index IS NOT NULL AND removed_at IS NULL;
CREATE UNIQUE INDEX binding_account ON binding (account_id, provider) WHERE removed_at IS NULL;

-- Somebody who was sent to another side and has not come back. The state that comes back works once, in this browser.
CREATE TABLE sign_in_trip (
    state_digest {{blob}} PRIMARY KEY,
    browser_digest {{blob}} NOT NULL,
    provider TEXT NOT NULL,
    -- The session that binds; none for who signs in.
    session_digest {{blob}},
    -- Nonce and code verifier, where the other side's protocol has them.
    secret_sealed {{blob}} NOT NULL,
    back TEXT NOT NULL,
    expires_at {{int}} NOT NULL
);
CREATE INDEX sign_in_trip_age ON sign_in_trip (expires_at);

-- A UKey is one more kind of second factor: credential_id holds its certificate's digest, public_key the certificate.
CREATE TABLE second_factor_next (
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
    CHECK (kind IN ('totp', 'passkey', 'ukey'))
);
INSERT INTO second_factor_next (account_id, factor_id, kind, label, secret_sealed, used_step, credential_id, public_key,
        sign_count, added_at, used_at, removed_at)
    SELECT account_id, factor_id, kind, label, secret_sealed, used_step, credential_id, public_key, sign_count, added_at,
        used_at, removed_at
    FROM second_factor;
DROP TABLE second_factor;
ALTER TABLE second_factor_next RENAME TO second_factor;
CREATE UNIQUE INDEX second_factor_credential ON second_factor (credential_id)
    WHERE credential_id IS NOT NULL AND removed_at IS NULL;

-- Work that was shown once, until it is too old to be shown again.
CREATE TABLE used_effort (
    challenge_digest {{blob}} PRIMARY KEY,
    expires_at {{int}} NOT NULL
);
CREATE INDEX used_effort_age ON used_effort (expires_at);
