-- Grants for a time, deputies, and the three administrators that no account holds together.

ALTER TABLE role_grant ADD COLUMN valid_from {{int}} NOT NULL DEFAULT 0;
ALTER TABLE role_grant ADD COLUMN valid_until {{int}};
-- A deputy's grant lives only as long as the one it stands for.
ALTER TABLE role_grant ADD COLUMN deputy_for_account {{int}};
ALTER TABLE role_grant ADD COLUMN deputy_for_grant {{int}};
ALTER TABLE role_grant ADD COLUMN revoked_reason TEXT;

-- Two grants given at once must not get around the exclusion.
CREATE UNIQUE INDEX role_grant_administrator ON role_grant (account_id)
    WHERE revoked_at IS NULL AND deputy_for_grant IS NULL
        AND role IN ('system_administrator', 'security_administrator', 'audit_administrator');
CREATE INDEX role_grant_region ON role_grant (region_code);
CREATE INDEX role_grant_unit ON role_grant (unit_id);

-- Support looks at a learner's pages: who, whose, why and for how long. Rows are kept as evidence and never deleted.
CREATE TABLE learner_view (
    view_id {{id}} PRIMARY KEY,
    account_id {{int}} NOT NULL,
    grant_id {{int}} NOT NULL,
    learner_id {{int}} NOT NULL,
    -- Of the learner's unit when it began: which office answers for it.
    region_code TEXT NOT NULL,
    purpose TEXT NOT NULL,
    began_at {{int}} NOT NULL,
    ends_at {{int}} NOT NULL,
    ended_at {{int}}
);
CREATE INDEX learner_view_account ON learner_view (account_id, view_id);
CREATE INDEX learner_view_learner ON learner_view (learner_id, view_id);
ALTER TABLE session ADD COLUMN view_id {{int}} NOT NULL DEFAULT 0;
