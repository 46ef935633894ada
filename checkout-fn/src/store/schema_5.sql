-- Version 5: downloads are counted, by the index of the order's file.
CREATE TABLE downloads (
    order_id TEXT NOT NULL REFERENCES orders (id),
    file INTEGER NOT NULL,
    used INTEGER NOT NULL CHECK (used > 0),
    counted_at INTEGER NOT NULL,
    PRIMARY KEY (order_id, file)
) STRICT;
