-- The registry, second part: exemptions, several titles a person, units that change their county, lists of units and of
-- employments received on a page, and offices of one industry system.

-- Sorts of exemption. A place changes these rows; nothing in the program knows one of them by name.
-- effect 'waive': the whole year; 'reduce': so many hundredths of an hour of each subject. A year is reached when at
-- least days_min of its days lie within the dates.
CREATE TABLE exemption_sort (
    sort TEXT PRIMARY KEY,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    effect TEXT NOT NULL,
    public_hours {{int}} NOT NULL,
    professional_hours {{int}} NOT NULL,
    days_min {{int}} NOT NULL,
    position {{int}} NOT NULL,
    CHECK (effect IN ('waive', 'reduce')),
    CHECK (days_min >= 1 AND public_hours >= 0 AND professional_hours >= 0)
);
INSERT INTO exemption_sort (sort, name_zh, name_en, effect, public_hours, professional_hours, days_min, position) VALUES
    ('maternity', '产假、生育假', 'Maternity or parental leave', 'waive', 0, 0, 90, 1),
    ('sick_leave', '病假（年度内满 180 天）', 'Sick leave, 180 days of the year or more', 'waive', 0, 0, 180, 2),
    ('study_abroad', '出国（境）进修', 'Study abroad', 'waive', 0, 0, 180, 3),
    ('secondment', '援藏、援疆、援外或驻村帮扶', 'Secondment: aid to other regions, village support', 'waive', 0, 0, 180, 4),
    ('retiring', '当年退休', 'Retiring this year', 'waive', 0, 0, 1, 5),
    ('short_leave', '病假、产假等（年度内 60 至 179 天）', 'Leave of 60 to 179 days', 'reduce', 0, 3000, 60, 6),
    ('newcomer', '下半年新参加工作', 'New at work since July', 'reduce', 0, 3000, 1, 7);

CREATE TABLE exemption (
    learner_id {{int}} NOT NULL,
    exemption_id {{int}} NOT NULL,
    sort TEXT NOT NULL,
    from_on {{int}} NOT NULL,
    until_on {{int}} NOT NULL,
    -- Why, in the asker's words; seen by whoever decides, not in the archive.
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_by {{int}} NOT NULL,
    asked_at {{int}} NOT NULL,
    decided_by {{int}},
    decided_at {{int}},
    answer TEXT NOT NULL DEFAULT '',
    ended_by {{int}},
    ended_at {{int}},
    ended_reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (learner_id, exemption_id),
    CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn', 'ended')),
    CHECK (decided_by IS NULL OR decided_by <> asked_by)
);
CREATE UNIQUE INDEX exemption_number ON exemption (exemption_id);
-- Two clerks may send the same request in the same second.
CREATE UNIQUE INDEX exemption_once ON exemption (learner_id, sort, from_on, until_on) WHERE state IN ('asked', 'granted');
CREATE INDEX exemption_open ON exemption (state, exemption_id);

-- What exemptions take off a standing: a projection of the rows above.
ALTER TABLE standing ADD COLUMN waived_at {{int}};
ALTER TABLE standing ADD COLUMN relief_public {{int}} NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN relief_professional {{int}} NOT NULL DEFAULT 0;
-- Whoever is exempt stands in this count and in none of the others.
ALTER TABLE progress_rollup ADD COLUMN exempt {{int}} NOT NULL DEFAULT 0;

-- A unit's way from one county to another: asked for by the county that has it, answered by the one that receives.
CREATE TABLE unit_move (
    move_id {{id}} PRIMARY KEY,
    unit_id {{int}} NOT NULL,
    from_region TEXT NOT NULL,
    to_region TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by {{int}} NOT NULL,
    asked_at {{int}} NOT NULL,
    answered_by {{int}},
    answered_at {{int}},
    answer TEXT NOT NULL DEFAULT '',
    CHECK (state IN ('asked', 'moved', 'refused', 'withdrawn'))
);
CREATE UNIQUE INDEX unit_move_asked ON unit_move (unit_id) WHERE state = 'asked';
CREATE INDEX unit_move_unit ON unit_move (unit_id, move_id);

-- Everybody's titles. The columns of the learner stay as what lists show: a projection of the main one.
CREATE TABLE person_title (
    learner_id {{int}} NOT NULL,
    title_id {{int}} NOT NULL,
    series TEXT NOT NULL,
    level TEXT NOT NULL,
    obtained_on {{int}},
    is_main {{int}} NOT NULL,
    told_by {{int}} NOT NULL,
    told_at {{int}} NOT NULL,
    ended_by {{int}},
    ended_at {{int}},
    ended_reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (learner_id, title_id)
);
CREATE UNIQUE INDEX person_title_main ON person_title (learner_id) WHERE is_main = 1 AND ended_at IS NULL;
CREATE UNIQUE INDEX person_title_once ON person_title (learner_id, series, level) WHERE ended_at IS NULL;
-- What rosters have brought so far; the learner's own number serves as that of the first title.
INSERT INTO person_title (learner_id, title_id, series, level, is_main, told_by, told_at)
    SELECT learner_id, learner_id, title_series, title_level, 1, 0, created_at FROM learner WHERE title_series <> '';
