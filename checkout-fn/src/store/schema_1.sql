-- Version 1. Times are milliseconds since 1970 (UTC); records are JSON (store/record.rs).

CREATE TABLE shop (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
    secret BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;

CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    client TEXT NOT NULL,
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    wake_at INTEGER,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT;

CREATE INDEX orders_open ON orders (client) WHERE open = 1;
CREATE INDEX orders_waking ON orders (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX orders_newest ON orders (created_at);

-- Erased without touching the order.
CREATE TABLE personal (
    order_id TEXT PRIMARY KEY REFERENCES orders (id),
    record TEXT NOT NULL
) STRICT;

CREATE TABLE stock (
    sku TEXT PRIMARY KEY,
    available INTEGER NOT NULL CHECK (available >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    sold INTEGER NOT NULL CHECK (sold >= 0),
    stocked INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    CHECK (available + reserved + sold = stocked)
) STRICT;

-- Append-only. An event of a gateway stands here once it has changed something.
CREATE TABLE log (
    order_id TEXT NOT NULL REFERENCES orders (id),
    at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    event TEXT,
    payment TEXT NOT NULL
) STRICT;

CREATE INDEX log_of_order ON log (order_id);
CREATE INDEX log_event ON log (event) WHERE event IS NOT NULL;
