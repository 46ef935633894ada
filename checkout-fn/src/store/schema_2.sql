-- Version 2: more may be sold than there are, discounts have limits, and gift cards hold money.

-- How many more is the product's matter, so the table no longer says that there is always something available.
CREATE TABLE stock_2 (
    sku TEXT PRIMARY KEY,
    available INTEGER NOT NULL,
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    sold INTEGER NOT NULL CHECK (sold >= 0),
    stocked INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    CHECK (available + reserved + sold = stocked)
) STRICT;

INSERT INTO stock_2 (sku, available, reserved, sold, stocked, seed) SELECT sku, available, reserved, sold, stocked, seed FROM stock;
DROP TABLE stock;
ALTER TABLE stock_2 RENAME TO stock;

-- Uses of limited discounts by open and paid orders; of everybody together where the customer is empty.
CREATE TABLE uses (
    discount TEXT NOT NULL,
    customer TEXT NOT NULL,
    used INTEGER NOT NULL CHECK (used >= 0),
    PRIMARY KEY (discount, customer)
) STRICT;

-- Amounts are minor units.
CREATE TABLE gift_cards (
    hash TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    currency TEXT NOT NULL,
    issued INTEGER NOT NULL CHECK (issued > 0),
    balance INTEGER NOT NULL CHECK (balance >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    spent INTEGER NOT NULL CHECK (spent >= 0),
    CHECK (balance + reserved + spent = issued)
) STRICT;

-- Codes that were tried and do not exist, for as long as they count.
CREATE TABLE wrong_codes (
    client TEXT NOT NULL,
    hour INTEGER NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (client, hour, code)
) STRICT;
