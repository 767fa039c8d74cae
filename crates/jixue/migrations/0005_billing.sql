-- Orders, attempts, verified trades, suspense and the double-entry ledger.
-- Rows of an order lead with the payer, so that a distributed engine keeps a payer's rows together.

-- Which base owns the account that a gateway pays into. Kept from the first use: a changed configuration must not move
-- money that has come already into another base's book.
CREATE TABLE merchant_account (
    channel TEXT NOT NULL,
    merchant TEXT NOT NULL,
    base_id {{int}} NOT NULL,
    PRIMARY KEY (channel, merchant)
);

-- region_code is where the payer's unit lay when the order was placed: an officer sees the orders of a region, and sums
-- are read from one index.
CREATE TABLE purchase_order (
    payer_id {{int}} NOT NULL,
    order_id {{int}} NOT NULL,
    payer_kind TEXT NOT NULL,
    region_code TEXT NOT NULL,
    base_id {{int}} NOT NULL,
    year {{int}} NOT NULL,
    subject TEXT NOT NULL,
    amount_fen {{int}} NOT NULL,
    seats {{int}} NOT NULL,
    state TEXT NOT NULL,
    created_by {{int}} NOT NULL,
    created_at {{int}} NOT NULL,
    expires_at {{int}} NOT NULL,
    request_key TEXT,
    settled_at {{int}},
    paid_at {{int}},
    paid_attempt_id {{int}},
    paid_channel TEXT,
    paid_trade_no TEXT,
    ended_at {{int}},
    ended_by {{int}},
    PRIMARY KEY (payer_id, order_id),
    CHECK (amount_fen > 0)
);
CREATE INDEX purchase_order_awaiting ON purchase_order (expires_at) WHERE state = 'awaiting';
CREATE INDEX purchase_order_sums ON purchase_order (region_code, state, seats, amount_fen);
CREATE INDEX purchase_order_settled ON purchase_order (settled_at) WHERE state = 'paid';
-- One open order of a learner for a subject: a double tap on "pay" finds the first one.
CREATE UNIQUE INDEX purchase_order_open ON purchase_order (payer_id, year, subject)
    WHERE state = 'awaiting' AND payer_kind = 'learner';
-- The same confirmation sent twice places one order.
CREATE UNIQUE INDEX purchase_order_request ON purchase_order (payer_id, request_key) WHERE request_key IS NOT NULL;

-- waiting: not paid; paid: to be opened; opened; not_wanted: another order holds the learner's seat.
CREATE TABLE order_line (
    payer_id {{int}} NOT NULL,
    order_id {{int}} NOT NULL,
    learner_id {{int}} NOT NULL,
    amount_fen {{int}} NOT NULL,
    state TEXT NOT NULL,
    opened_at {{int}},
    PRIMARY KEY (payer_id, order_id, learner_id)
);
CREATE INDEX order_line_unopened ON order_line (payer_id, order_id) WHERE state = 'paid';

-- Who paid for a learner's subject of a year, written when the order is paid and before the seat opens. First come,
-- first kept: two payers may race, the key may not.
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
    created_at {{int}} NOT NULL,
    expires_at {{int}} NOT NULL,
    -- The living code, and when it is to be replaced; the last time a code was asked for.
    code_url TEXT,
    code_expires_at {{int}},
    asked_at {{int}} NOT NULL DEFAULT 0,
    next_query_at {{int}} NOT NULL,
    unknown_since {{int}},
    trade_no TEXT,
    paid_at {{int}},
    suspended_reason TEXT,
    closed_at {{int}},
    PRIMARY KEY (payer_id, order_id, attempt_id)
);
CREATE INDEX payment_attempt_due ON payment_attempt (next_query_at) WHERE state IN ('waiting', 'unknown');
-- Two codes of one order on two screens would be paid twice.
CREATE UNIQUE INDEX payment_attempt_one_open ON payment_attempt (payer_id, order_id, channel)
    WHERE state IN ('waiting', 'unknown');

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

-- Notifications exactly as they came, verified, committed before the 2xx. pending: to be taken in; done; unreadable:
-- truly the gateway's, and not in a form we can open. What does not verify is never stored: strangers could fill it.
CREATE TABLE notification_inbox (
    notification_id {{id}} PRIMARY KEY,
    channel TEXT NOT NULL,
    merchant TEXT NOT NULL,
    received_at {{int}} NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    headers TEXT NOT NULL,
    body {{blob}} NOT NULL,
    digest {{blob}} NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    processed_at {{int}}
);
-- A copy of the very same bytes, by whomever it is sent again, is on record already.
CREATE UNIQUE INDEX notification_inbox_digest ON notification_inbox (digest);
CREATE INDEX notification_inbox_pending ON notification_inbox (notification_id) WHERE state = 'pending';
CREATE INDEX notification_inbox_unreadable ON notification_inbox (notification_id) WHERE state = 'unreadable';

-- How many notifications were refused on a day, and why: one row a reason, whatever is sent.
CREATE TABLE notification_refusal (
    channel TEXT NOT NULL,
    day {{int}} NOT NULL,
    reason TEXT NOT NULL,
    refused {{int}} NOT NULL,
    last_at {{int}} NOT NULL,
    PRIMARY KEY (channel, day, reason)
);

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
    follow_up TEXT NOT NULL,
    payer_id {{int}},
    order_id {{int}},
    region_code TEXT,
    state TEXT NOT NULL,
    received_at {{int}} NOT NULL,
    PRIMARY KEY (base_id, suspense_id)
);
CREATE INDEX suspense_open ON suspense (suspense_id) WHERE state = 'open';

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
-- Balances are read from the index alone.
CREATE INDEX ledger_line_account ON ledger_line (base_id, account, debit_fen, credit_fen);
