-- Version 3: goods leave the house and come back, and a gift card that is given back is void.

ALTER TABLE stock ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;

CREATE TABLE gift_cards_3 (
    hash TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    currency TEXT NOT NULL,
    issued INTEGER NOT NULL CHECK (issued > 0),
    balance INTEGER NOT NULL CHECK (balance >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    spent INTEGER NOT NULL CHECK (spent >= 0),
    -- What was left when it became void, and what would have come back to it since.
    voided INTEGER NOT NULL CHECK (voided >= 0),
    void INTEGER NOT NULL CHECK (void IN (0, 1)),
    CHECK (balance + reserved + spent + voided = issued),
    CHECK (void = 0 OR balance = 0)
) STRICT;

INSERT INTO gift_cards_3 (hash, order_id, currency, issued, balance, reserved, spent, voided, void)
SELECT hash, order_id, currency, issued, balance, reserved, spent, 0, 0 FROM gift_cards;
DROP TABLE gift_cards;
ALTER TABLE gift_cards_3 RENAME TO gift_cards;
