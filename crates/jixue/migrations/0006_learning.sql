-- Enrollment, the one live session of a learner, evidence, progress; exam attempts.

CREATE TABLE enrollment (
    learner_id {{int}} NOT NULL,
    year {{int}} NOT NULL,
    subject TEXT NOT NULL,
    base_id {{int}} NOT NULL,
    opened_at {{int}} NOT NULL,
    first_beat_at {{int}},
    PRIMARY KEY (learner_id, year, subject)
);

-- One row a learner, compare-and-set by (session_id, sequence) with each beat: two devices or two nodes cannot both go
-- on, and the wall-clock budget lives here because it is the learner's, not the lesson's. What the lesson counts stands
-- here as it was when the session was opened, so that a beat reads no catalogue.
CREATE TABLE session_head (
    learner_id {{id}} PRIMARY KEY,
    session_id {{int}} NOT NULL,
    lesson_id {{int}} NOT NULL,
    year {{int}} NOT NULL,
    subject TEXT NOT NULL,
    length_ms {{int}} NOT NULL,
    credit_seconds {{int}} NOT NULL,
    day_cap_seconds {{int}},
    sequence {{int}} NOT NULL,
    nonce {{blob}} NOT NULL,
    opened_at {{int}} NOT NULL,
    last_beat_at {{int}} NOT NULL,
    budget_ms {{int}} NOT NULL,
    day {{int}} NOT NULL,
    day_recorded_ms {{int}} NOT NULL,
    last_beat {{blob}},
    ended_at {{int}},
    end_reason TEXT,
    device TEXT NOT NULL
);

-- Evidence, append-only: what the player said and what was decided.
CREATE TABLE beat (
    learner_id {{int}} NOT NULL,
    session_id {{int}} NOT NULL,
    sequence {{int}} NOT NULL,
    lesson_id {{int}} NOT NULL,
    at {{int}} NOT NULL,
    evidence {{blob}} NOT NULL,
    PRIMARY KEY (learner_id, session_id, sequence)
){{clustered}};

CREATE TABLE lesson_progress (
    learner_id {{int}} NOT NULL,
    lesson_id {{int}} NOT NULL,
    intervals {{blob}} NOT NULL,
    counted_ms {{int}} NOT NULL,
    lost_ms {{int}} NOT NULL,
    position_ms {{int}} NOT NULL,
    updated_at {{int}} NOT NULL,
    completed_at {{int}},
    PRIMARY KEY (learner_id, lesson_id)
){{clustered}};

CREATE TABLE exam_attempt (
    learner_id {{int}} NOT NULL,
    attempt_id {{int}} NOT NULL,
    paper_id {{int}} NOT NULL,
    number {{int}} NOT NULL,
    seed {{blob}} NOT NULL,
    started_at {{int}} NOT NULL,
    ends_at {{int}} NOT NULL,
    handed_in_at {{int}},
    score {{int}},
    passed {{int}},
    PRIMARY KEY (learner_id, attempt_id)
);
CREATE UNIQUE INDEX exam_attempt_number ON exam_attempt (learner_id, paper_id, number);
-- However often Start is clicked, one attempt is open.
CREATE UNIQUE INDEX exam_attempt_open ON exam_attempt (learner_id, paper_id) WHERE handed_in_at IS NULL;
CREATE INDEX exam_attempt_overdue ON exam_attempt (ends_at) WHERE handed_in_at IS NULL;

CREATE TABLE exam_answer (
    learner_id {{int}} NOT NULL,
    attempt_id {{int}} NOT NULL,
    question_id {{int}} NOT NULL,
    revision {{int}} NOT NULL,
    choice {{int}} NOT NULL,
    saved_at {{int}} NOT NULL,
    PRIMARY KEY (learner_id, attempt_id, question_id)
){{clustered}};
