-- The registry: former names of units, units that were two and became one, documents of identity beside the resident's
-- card, moves between units, and the yearly word of a unit that a roster is true.

-- Names are compared without spaces, brackets and case. What stands in the table already is brought to that form here;
-- whoever writes a name brings it there by the same rule.
ALTER TABLE employer_unit ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE employer_unit SET name_key = LOWER(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(name,
    '（', ''), '）', ''), '(', ''), ')', ''), ' ', ''), '　', ''));
-- The unit in whose place this one was registered by mistake. Its row stays: orders and certificates name it.
ALTER TABLE employer_unit ADD COLUMN merged_into {{int}};
CREATE INDEX employer_unit_name_key ON employer_unit (name_key) WHERE merged_into IS NULL;
CREATE INDEX employer_unit_merged ON employer_unit (merged_into) WHERE merged_into IS NOT NULL;

-- An industry system instead of a sort of unit.
UPDATE employer_unit SET industry = CASE
    WHEN industry IN ('hospital', 'health_centre', 'private_hospital', 'health') THEN 'health'
    WHEN industry IN ('school', 'vocational_school', 'college', 'private_school', 'education') THEN 'education'
    WHEN industry IN ('design_institute', 'works_station', 'construction_company', 'construction') THEN 'construction'
    WHEN industry IN ('agriculture_station', 'agriculture') THEN 'agriculture'
    WHEN industry IN ('mining_company', 'manufacturer', 'manufacturing') THEN 'manufacturing'
    WHEN industry IN ('service_company', 'services') THEN 'services'
    WHEN industry IN ('bureau', 'government') THEN 'government'
    WHEN industry = 'culture' THEN 'culture'
    ELSE 'other' END;

-- Names under which a unit is found besides its own.
CREATE TABLE unit_alias (
    unit_id {{int}} NOT NULL,
    name_key TEXT NOT NULL,
    alias TEXT NOT NULL,
    told_by {{int}} NOT NULL,
    told_at {{int}} NOT NULL,
    PRIMARY KEY (unit_id, name_key)
);
CREATE INDEX unit_alias_key ON unit_alias (name_key);

CREATE TABLE unit_merge (
    merge_id {{id}} PRIMARY KEY,
    from_unit {{int}} NOT NULL,
    into_unit {{int}} NOT NULL,
    reason TEXT NOT NULL,
    people {{int}} NOT NULL,
    merged_by {{int}} NOT NULL,
    merged_at {{int}} NOT NULL,
    undone_by {{int}},
    undone_at {{int}}
);
-- Two officers may merge the same unit in the same second; the key lets one of them.
CREATE UNIQUE INDEX unit_merge_from ON unit_merge (from_unit) WHERE undone_at IS NULL;
CREATE INDEX unit_merge_into ON unit_merge (into_unit);

-- What a merge has moved, so that it can be taken back: employments, and the grants given for those that ended.
CREATE TABLE unit_merge_item (
    merge_id {{int}} NOT NULL,
    kind TEXT NOT NULL,
    owner_id {{int}} NOT NULL,
    item_id {{int}} NOT NULL,
    PRIMARY KEY (merge_id, kind, owner_id, item_id),
    CHECK (kind IN ('employment', 'grant_taken', 'grant_given'))
);

ALTER TABLE learner ADD COLUMN identity_kind TEXT NOT NULL DEFAULT 'resident_card';

-- Somebody's way from one unit to another: asked for by the one that receives, answered by the one that is left.
CREATE TABLE employment_move (
    move_id {{id}} PRIMARY KEY,
    learner_id {{int}} NOT NULL,
    from_unit {{int}} NOT NULL,
    to_unit {{int}} NOT NULL,
    department TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_by {{int}} NOT NULL,
    asked_at {{int}} NOT NULL,
    moved_on {{int}},
    answered_by {{int}},
    answered_at {{int}},
    answer TEXT NOT NULL,
    CHECK (state IN ('asked', 'moved', 'refused', 'withdrawn'))
);
CREATE UNIQUE INDEX employment_move_asked ON employment_move (learner_id, to_unit) WHERE state = 'asked';
CREATE INDEX employment_move_from ON employment_move (from_unit, move_id);
CREATE INDEX employment_move_to ON employment_move (to_unit, move_id);

-- The history of somebody's work is read by learner and by unit.
CREATE INDEX employment_unit_all ON employment (unit_id, learner_id, employment_id);

-- "These people are ours this year": one word a unit and year; a later one takes the place of an earlier.
CREATE TABLE roster_confirmation (
    unit_id {{int}} NOT NULL,
    year {{int}} NOT NULL,
    people {{int}} NOT NULL,
    confirmed_by {{int}} NOT NULL,
    confirmed_at {{int}} NOT NULL,
    PRIMARY KEY (unit_id, year)
);
