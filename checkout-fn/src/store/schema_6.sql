-- Version 6: sequences of numbers without gaps, each with the last one that was given; and what an order owes is found by it.
CREATE TABLE sequences (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL CHECK (last >= 0)
) STRICT;

CREATE INDEX outbox_of_order ON outbox (order_id);
