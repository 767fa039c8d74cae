-- Programme years with their rules and fees; courses and lessons; question banks.

CREATE TABLE rule_set (
    rule_set_id {{id}} PRIMARY KEY,
    region_code TEXT NOT NULL,
    year {{int}} NOT NULL,
    version {{int}} NOT NULL,
    body TEXT NOT NULL,
    made_by {{int}} NOT NULL,
    made_at {{int}} NOT NULL
);
CREATE UNIQUE INDEX rule_set_version ON rule_set (region_code, year, version);

CREATE TABLE programme_year (
    year {{id}} PRIMARY KEY,
    rule_set_id {{int}} NOT NULL,
    opens_on {{int}} NOT NULL,
    closes_on {{int}} NOT NULL,
    opened_by {{int}} NOT NULL,
    opened_at {{int}} NOT NULL
);

CREATE TABLE fee (
    fee_id {{id}} PRIMARY KEY,
    year {{int}} NOT NULL,
    subject TEXT NOT NULL,
    base_id {{int}} NOT NULL,
    amount_fen {{int}} NOT NULL,
    set_by {{int}} NOT NULL,
    set_at {{int}} NOT NULL,
    ended_at {{int}},
    CHECK (amount_fen >= 0)
);
CREATE UNIQUE INDEX fee_in_force ON fee (year, subject, base_id) WHERE ended_at IS NULL;

CREATE TABLE course (
    course_id {{id}} PRIMARY KEY,
    base_id {{int}} NOT NULL,
    year {{int}} NOT NULL,
    subject TEXT NOT NULL,
    slug TEXT NOT NULL,
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    summary_zh TEXT NOT NULL,
    summary_en TEXT NOT NULL,
    position {{int}} NOT NULL,
    published_at {{int}} NOT NULL
);
CREATE UNIQUE INDEX course_slug ON course (year, slug);

CREATE TABLE chapter (
    course_id {{int}} NOT NULL,
    chapter_no {{int}} NOT NULL,
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    PRIMARY KEY (course_id, chapter_no)
);

CREATE TABLE lesson (
    lesson_id {{id}} PRIMARY KEY,
    course_id {{int}} NOT NULL,
    chapter_no {{int}} NOT NULL,
    position {{int}} NOT NULL,
    slug TEXT NOT NULL,
    kind TEXT NOT NULL,
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    length_ms {{int}} NOT NULL,
    credit_seconds {{int}} NOT NULL,
    media_name TEXT,
    media_sha256 TEXT,
    media_type TEXT,
    captions_zh_sha256 TEXT,
    captions_en_sha256 TEXT,
    captions_on {{int}} NOT NULL,
    body_zh TEXT,
    body_en TEXT,
    paper_id {{int}}
);
CREATE UNIQUE INDEX lesson_place ON lesson (course_id, position);

-- A bank is frozen when a paper is made from it; a changed question is a new version in a new bank.
CREATE TABLE question_bank (
    bank_id {{id}} PRIMARY KEY,
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    digest TEXT NOT NULL,
    frozen_at {{int}} NOT NULL
);

CREATE TABLE question (
    bank_id {{int}} NOT NULL,
    question_id {{int}} NOT NULL,
    position {{int}} NOT NULL,
    kind TEXT NOT NULL,
    stem_zh TEXT NOT NULL,
    stem_en TEXT NOT NULL,
    options TEXT NOT NULL,
    answer_key {{int}} NOT NULL,
    explanation_zh TEXT NOT NULL,
    explanation_en TEXT NOT NULL,
    difficulty {{int}} NOT NULL,
    tags TEXT NOT NULL,
    PRIMARY KEY (bank_id, question_id)
);

CREATE TABLE paper (
    paper_id {{id}} PRIMARY KEY,
    bank_id {{int}} NOT NULL,
    year {{int}} NOT NULL,
    subject TEXT NOT NULL,
    purpose TEXT NOT NULL,
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    blueprint TEXT NOT NULL,
    minutes {{int}} NOT NULL,
    pass_score {{int}} NOT NULL,
    attempts_max {{int}} NOT NULL
);
