-- Orders, attempts, verified trades, suspense and the double-entry ledger.
-- Rows of an order lead with the payer, so that a distributed engine keeps a payer's rows together.

CREATE TABLE merchant_account (
    channel TEXT NOT NULL,
    merchant TEXT NOT NULL,
    base_id {{int}} NOT NULL,
    PRIMARY KEY (channel, merchant)
);

CREATE TABLE purchase_order (
    payer_id {{int}} NOT NULL,
    order_id {{int}} NOT NULL,
    payer_kind TEXT NOT NULL,
    base_id {{int}} NOT NULL,
    year {{int}} NOT NULL,
    subject TEXT NOT NULL,
    amount_fen {{int}} NOT NULL,
    seats {{int}} NOT NULL,
    state TEXT NOT NULL,
    created_by {{int}} NOT NULL,
    created_at {{int}} NOT NULL,
    expires_at {{int}} NOT NULL,
    paid_at {{int}},
    paid_attempt_id {{int}},
    paid_channel TEXT,
    paid_trade_no TEXT,
    ended_at {{int}},
    PRIMARY KEY (payer_id, order_id),
    CHECK (amount_fen > 0)
);
CREATE INDEX purchase_order_awaiting ON purchase_order (expires_at) WHERE state = 'awaiting';
-- One open order of a learner for a subject: a double tap on "pay" finds the first one.
CREATE UNIQUE INDEX purchase_order_open ON purchase_order (payer_id, year, subject)
    WHERE state = 'awaiting' AND payer_kind = 'learner';

CREATE TABLE order_line (
    payer_id {{int}} NOT NULL,
    order_id {{int}} NOT NULL,
    learner_id {{int}} NOT NULL,
    amount_fen {{int}} NOT NULL,
    state TEXT NOT NULL,
    opened_at {{int}},
    PRIMARY KEY (payer_id, order_id, learner_id)
);
CREATE INDEX order_line_unopened ON order_line (order_id) WHERE state = 'paid';

-- Who paid for a learner's subject of a year. First come, first kept: two payers may race, the key may not.
CREATE TABLE seat (
    learner_id {{int}} NOT NULL,
    year {{int}} NOT NULL,
    subject TEXT NOT NULL,
    payer_id {{int}} NOT NULL,
    order_id {{int}} NOT NULL,
    paid_at {{int}} NOT NULL,
    PRIMARY KEY (learner_id, year, subject)
);

CREATE TABLE payment_attempt (
    payer_id {{int}} NOT NULL,
    order_id {{int}} NOT NULL,
    attempt_id {{int}} NOT NULL,
    channel TEXT NOT NULL,
    merchant TEXT NOT NULL,
    out_trade_no TEXT NOT NULL,
    amount_fen {{int}} NOT NULL,
    state TEXT NOT NULL,
    code_url TEXT,
    created_at {{int}} NOT NULL,
    expires_at {{int}} NOT NULL,
    queried_at {{int}},
    trade_no TEXT,
    paid_at {{int}},
    closed_at {{int}},
    PRIMARY KEY (payer_id, order_id, attempt_id)
);
CREATE INDEX payment_attempt_open ON payment_attempt (created_at) WHERE state IN ('asking', 'waiting', 'unknown');

-- From our number to the attempt: global, so in a table of its own.
CREATE TABLE attempt_number (
    out_trade_no TEXT PRIMARY KEY,
    payer_id {{int}} NOT NULL,
    order_id {{int}} NOT NULL,
    attempt_id {{int}} NOT NULL
);

-- A gateway repeats itself for a day; a trade is booked once.
CREATE TABLE gateway_trade (
    channel TEXT NOT NULL,
    trade_no TEXT NOT NULL,
    merchant TEXT NOT NULL,
    out_trade_no TEXT NOT NULL,
    amount_fen {{int}} NOT NULL,
    currency TEXT NOT NULL,
    paid_at {{int}} NOT NULL,
    received_at {{int}} NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (channel, trade_no)
);

-- Notifications exactly as they came, committed before the 2xx.
CREATE TABLE notification_inbox (
    notification_id {{id}} PRIMARY KEY,
    channel TEXT NOT NULL,
    merchant TEXT NOT NULL,
    received_at {{int}} NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    headers TEXT NOT NULL,
    body {{blob}} NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    processed_at {{int}}
);
CREATE INDEX notification_inbox_pending ON notification_inbox (notification_id) WHERE state = 'pending';

CREATE TABLE suspense (
    base_id {{int}} NOT NULL,
    suspense_id {{int}} NOT NULL,
    channel TEXT NOT NULL,
    merchant TEXT NOT NULL,
    trade_no TEXT NOT NULL,
    out_trade_no TEXT NOT NULL,
    amount_fen {{int}} NOT NULL,
    currency TEXT NOT NULL,
    reason TEXT NOT NULL,
    payer_id {{int}},
    order_id {{int}},
    learner_id {{int}},
    state TEXT NOT NULL,
    received_at {{int}} NOT NULL,
    PRIMARY KEY (base_id, suspense_id)
);

CREATE TABLE ledger_entry (
    base_id {{int}} NOT NULL,
    entry_id {{int}} NOT NULL,
    event TEXT NOT NULL,
    payer_id {{int}},
    order_id {{int}},
    trade_no TEXT,
    at {{int}} NOT NULL,
    PRIMARY KEY (base_id, entry_id)
);

CREATE TABLE ledger_line (
    base_id {{int}} NOT NULL,
    entry_id {{int}} NOT NULL,
    line_no {{int}} NOT NULL,
    account TEXT NOT NULL,
    debit_fen {{int}} NOT NULL,
    credit_fen {{int}} NOT NULL,
    PRIMARY KEY (base_id, entry_id, line_no),
    CHECK (debit_fen >= 0 AND credit_fen >= 0 AND (debit_fen = 0) <> (credit_fen = 0))
);
CREATE INDEX ledger_line_account ON ledger_line (base_id, account);
