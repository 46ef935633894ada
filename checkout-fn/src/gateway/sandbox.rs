//! A payment gateway of our own, for development and tests. It behaves like a real one that stands elsewhere: a database
//! of its own that survives being killed, sessions that expire, and signed notices that arrive late, twice or
//! before their time.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use sha2::Sha256;
use tower::ServiceExt;

use crate::decide::{Refunding, SeenRefund, Sighting, Status};
use crate::error::Fault;
use crate::order::{OrderId, PaymentId, Session, SessionId};
use crate::ports::{About, Aftermath, BadNotice, Clock, GatewayError, Notice, Opened, PaymentGateway, RefundRequest, SessionRequest};
use crate::shop::Settings;
use crate::store::thread::{DatabaseThread, Outcome as Commit};

const SCHEMA: [&str; 1] = ["
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    number TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    language TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    return_url TEXT NOT NULL,
    cancel_url TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'processing', 'paid', 'failed', 'expired')),
    declined INTEGER NOT NULL DEFAULT 0,
    ripens_at INTEGER,
    ripens_to TEXT,
    UNIQUE (order_id, attempt)
) STRICT;
CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL,
    kind TEXT NOT NULL,
    due_at INTEGER NOT NULL
) STRICT;
CREATE TABLE refunds (id TEXT PRIMARY KEY, payment TEXT NOT NULL, amount INTEGER NOT NULL) STRICT;
"];

/// How long a pending payment takes.
pub(crate) const PENDING_FOR: SignedDuration = SignedDuration::from_secs(3);
/// A notice is sent again after this while until it is answered with success.
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(30);
/// Notices signed longer ago than this are not believed.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(300);
/// The header of a notice's signature.
pub(crate) const SIGNATURE: &str = "x-sandbox-signature";

/// The gateway.
pub(crate) struct Sandbox {
    database: DatabaseThread,
    secret: [u8; 32],
    clock: Arc<dyn Clock>,
    pay_base: String,
}

/// What a shopper does on the payment page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Press {
    /// The money moves at once.
    Paid,
    /// The card is declined; another try is possible.
    Declined,
    /// The money comes a little later.
    PendingPaid,
    /// It does not come.
    PendingFailed,
}

#[cfg(feature = "simulation")]
pub(crate) use simulated::Memory;

/// A session as its page shows it.
#[derive(Debug, Clone)]
pub(crate) struct PageView {
    pub(crate) number: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) language: String,
    pub(crate) return_url: String,
    pub(crate) cancel_url: String,
    pub(crate) declined: bool,
    pub(crate) status: Status,
}

struct SessionRow {
    id: String,
    order: OrderId,
    view: PageView,
}

impl Sandbox {
    /// Opens its database beside the orders'.
    pub(crate) fn open(settings: &Settings, secret: [u8; 32]) -> Result<Self, Fault> {
        let (database, ()) = DatabaseThread::open(&settings.store_path.join("sandbox.sqlite"), &SCHEMA, |_| Ok(()))?;
        Ok(Self::over(database, settings, secret))
    }

    fn over(database: DatabaseThread, settings: &Settings, secret: [u8; 32]) -> Self {
        let pay_base = format!("{}/api/sandbox/pay/", settings.public_base);
        Self { database, secret, clock: settings.clock.clone(), pay_base }
    }

    fn sighting(&self, row: &SessionRow) -> Sighting {
        let session = Session { pay_url: format!("{}{}", self.pay_base, row.id), id: SessionId(row.id.clone()) };
        Sighting { session, status: row.view.status.clone() }
    }

    /// A session for its page.
    pub(crate) async fn page(&self, id: &str) -> Result<Option<PageView>, Fault> {
        let (id, now) = (id.to_owned(), self.clock.now());
        Ok(self.database.read(move |c| session(c, &id, now)).await?.map(|row| row.view))
    }

    /// Does what the shopper pressed, if the session is still open. The session afterwards.
    pub(crate) async fn press(&self, id: &str, press: Press) -> Result<Option<PageView>, Fault> {
        let (id, now) = (id.to_owned(), self.clock.now());
        let work = move |t: &Transaction<'_>| {
            if let Some(row) = session(t, &id, now)?.filter(|row| row.view.status == Status::Open) {
                pressed(t, &row.id, press, now)?;
            }
            session(t, &id, now).map(Commit::Keep)
        };
        Ok(self.database.write(work).await?.map(|row| row.view))
    }

    /// Sends all notices that are due. One that is not answered with success stays and comes again.
    pub(crate) async fn deliver(&self, webhooks: &axum::Router) -> Result<(), Fault> {
        let now = self.clock.now();
        let due = move |c: &Connection| {
            let mut select = c.prepare_cached("SELECT id, session, kind FROM notices WHERE due_at <= ?1 ORDER BY due_at, id")?;
            select.query_map([now.as_millisecond()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
        };
        let due: Vec<(String, String, String)> = self.database.read(due).await?;
        for (id, session, kind) in due {
            let body = serde_json::json!({ "id": id, "type": kind, "session": session }).to_string();
            let request = Request::post("/webhooks/sandbox").header(SIGNATURE, self.sign(body.as_bytes(), now)).body(Body::from(body));
            let request = request.map_err(|error| Fault::during("cannot write a notice", error))?;
            let answer = webhooks.clone().oneshot(request).await.map_err(|never| match never {})?;
            let is_delivered = answer.status().is_success();
            let note = move |t: &Transaction<'_>| {
                let again_at = (now + RETRY_AFTER).as_millisecond();
                if is_delivered {
                    t.execute("DELETE FROM notices WHERE id = ?1", [id])?;
                } else {
                    t.execute("UPDATE notices SET due_at = ?2 WHERE id = ?1", params![id, again_at])?;
                }
                Ok(Commit::Keep(()))
            };
            self.database.write(note).await?;
        }
        Ok(())
    }

    /// The signature of a notice: `t=<seconds>,v1=<hexadecimal>` over time and raw body.
    pub(crate) fn sign(&self, body: &[u8], at: Timestamp) -> String {
        let seal: [u8; 32] = self.seal(&at.as_second().to_string(), body).finalize().into_bytes().into();
        format!("t={},v1={}", at.as_second(), blake3::Hash::from_bytes(seal).to_hex())
    }

    fn seal(&self, at: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes keys of any length");
        mac.update(at.as_bytes());
        mac.update(b".");
        mac.update(body);
        mac
    }
}

/// What a session is asked for.
#[derive(serde::Serialize, serde::Deserialize)]
struct Wish {
    number: String,
    amount: i64,
    currency: String,
    language: String,
    expires_at: Timestamp,
    return_url: String,
    cancel_url: String,
}

/// What a notice says that we read.
#[derive(serde::Deserialize)]
struct Event {
    id: String,
    session: String,
}

fn pressed(t: &Transaction<'_>, id: &str, press: Press, now: Timestamp) -> rusqlite::Result<()> {
    let ripe = now + PENDING_FOR;
    let pending = |to: &str| {
        let sql = "UPDATE sessions SET state = 'processing', ripens_at = ?2, ripens_to = ?3 WHERE id = ?1";
        t.execute(sql, params![id, ripe.as_millisecond(), to])?;
        notify(t, id, "payment.processing", now)?;
        notify(t, id, &format!("payment.{to}"), ripe)
    };
    match press {
        Press::Paid => {
            t.execute("UPDATE sessions SET state = 'paid' WHERE id = ?1", [id])?;
            notify(t, id, "payment.paid", now)
        }
        Press::Declined => {
            t.execute("UPDATE sessions SET declined = declined + 1 WHERE id = ?1", [id])?;
            notify(t, id, "payment.declined", now)
        }
        Press::PendingPaid => pending("paid"),
        Press::PendingFailed => pending("failed"),
    }
}

fn notify(t: &Transaction<'_>, session: &str, kind: &str, due: Timestamp) -> rusqlite::Result<()> {
    let id = format!("evt_{}", crate::chance::name().simple());
    let sql = "INSERT INTO notices (id, session, kind, due_at) VALUES (?1, ?2, ?3, ?4)";
    t.execute(sql, params![id, session, kind, due.as_millisecond()]).map(drop)
}

fn session(c: &Connection, id: &str, now: Timestamp) -> rusqlite::Result<Option<SessionRow>> {
    c.prepare_cached("SELECT * FROM sessions WHERE id = ?1")?.query_row([id], |row| read(row, now)).optional()
}

fn of_order(c: &Connection, order: &str, attempt: u32, now: Timestamp) -> rusqlite::Result<Option<SessionRow>> {
    let sql = "SELECT * FROM sessions WHERE order_id = ?1 AND attempt = ?2";
    c.prepare_cached(sql)?.query_row(params![order, attempt], |row| read(row, now)).optional()
}

fn read(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<SessionRow> {
    let id: String = row.get("id")?;
    let (amount, currency): (i64, String) = (row.get("amount")?, row.get("currency")?);
    let now = now.as_millisecond();
    let state: String = row.get("state")?;
    let ripe_to: Option<String> = row.get::<_, Option<i64>>("ripens_at")?.filter(|at| *at <= now).and(row.get("ripens_to")?);
    let paid = || Status::Paid { payment: PaymentId(format!("pay_{id}")), amount, currency: currency.clone() };
    let status = match (state.as_str(), ripe_to.as_deref()) {
        ("paid", _) | ("processing", Some("paid")) => paid(),
        ("failed", _) | ("processing", Some(_)) => Status::Failed,
        ("processing", None) => Status::Processing,
        ("open", _) if row.get::<_, i64>("expires_at")? > now => Status::Open,
        _ => Status::Expired,
    };
    let view = PageView {
        number: row.get("number")?,
        amount,
        currency,
        language: row.get("language")?,
        return_url: row.get("return_url")?,
        cancel_url: row.get("cancel_url")?,
        declined: row.get::<_, i64>("declined")? > 0,
        status,
    };
    Ok(SessionRow { id, order: OrderId(row.get("order_id")?), view })
}

fn open(t: &Transaction<'_>, order: &OrderId, attempt: u32, r: &Wish, now: Timestamp) -> rusqlite::Result<SessionRow> {
    let id = format!("sbx_{}", crate::chance::name().simple());
    t.execute(
        "INSERT OR IGNORE INTO sessions
         (id, order_id, attempt, number, amount, currency, language, expires_at, return_url, cancel_url, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'open')",
        params![
            id,
            order.0,
            attempt,
            r.number,
            r.amount,
            r.currency,
            r.language,
            r.expires_at.as_millisecond(),
            r.return_url,
            r.cancel_url
        ],
    )?;
    of_order(t, &order.0, attempt, now)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

/// The session of a payment.
fn paid_in(payment: &str) -> &str {
    payment.strip_prefix("pay_").unwrap_or(payment)
}

/// Once for each key, and never more than was paid.
fn give_back(t: &Transaction<'_>, key: &str, payment: &str, amount: i64) -> rusqlite::Result<Refunding> {
    if t.prepare_cached("SELECT 1 FROM refunds WHERE id = ?1")?.exists([key])? {
        return Ok(Refunding::Done);
    }
    let paid: Option<i64> =
        t.prepare_cached("SELECT amount FROM sessions WHERE id = ?1")?.query_row([paid_in(payment)], |row| row.get(0)).optional()?;
    let before: i64 =
        t.prepare_cached("SELECT ifnull(sum(amount), 0) FROM refunds WHERE payment = ?1")?.query_row([payment], |row| row.get(0))?;
    if paid.is_none_or(|paid| before + amount > paid) {
        return Ok(Refunding::Refused("more than was paid".to_owned()));
    }
    t.execute("INSERT INTO refunds (id, payment, amount) VALUES (?1, ?2, ?3)", params![key, payment, amount])?;
    Ok(Refunding::Done)
}

fn aftermath(c: &Connection, payment: &str) -> rusqlite::Result<Option<Aftermath>> {
    let mut select = c.prepare_cached("SELECT order_id FROM sessions WHERE id = ?1")?;
    let Some(order) = select.query_row([paid_in(payment)], |row| row.get(0).map(OrderId)).optional()? else { return Ok(None) };
    let seen = |row: &Row<'_>| {
        let id: String = row.get(0)?;
        Ok(SeenRefund { key: Some(id.clone()), id, amount: row.get(1)?, state: Refunding::Done })
    };
    let mut select = c.prepare_cached("SELECT id, amount FROM refunds WHERE payment = ?1 ORDER BY id")?;
    let refunds = select.query_map([payment], seen)?.collect::<Result<_, _>>()?;
    Ok(Some(Aftermath { order, refunds, disputes: Vec::new() }))
}

impl From<Fault> for GatewayError {
    fn from(fault: Fault) -> Self {
        Self::Unavailable(fault)
    }
}

#[async_trait]
impl PaymentGateway for Sandbox {
    fn compose(&self, r: &SessionRequest) -> Result<String, String> {
        let wish = Wish {
            number: r.number.clone(),
            amount: r.quote.due,
            currency: r.quote.currency.code().to_owned(),
            language: r.language.clone(),
            expires_at: r.expires_at,
            return_url: r.return_url.clone(),
            cancel_url: r.cancel_url.clone(),
        };
        serde_json::to_string(&wish).map_err(|error| error.to_string())
    }

    async fn open(&self, order: &OrderId, attempt: u32, composed: &str) -> Result<Opened, GatewayError> {
        let wish: Wish = serde_json::from_str(composed).map_err(|error| GatewayError::Refused(error.to_string()))?;
        let (order, now) = (order.clone(), self.clock.now());
        let row = self.database.write(move |t| open(t, &order, attempt, &wish, now).map(Commit::Keep)).await?;
        Ok(Opened { sighting: self.sighting(&row), amount: row.view.amount, currency: row.view.currency })
    }

    async fn find(&self, order: &OrderId, attempt: u32) -> Result<Option<Sighting>, GatewayError> {
        let (order, now) = (order.clone(), self.clock.now());
        let row = self.database.read(move |c| of_order(c, &order.0, attempt, now)).await?;
        Ok(row.map(|row| self.sighting(&row)))
    }

    async fn look(&self, id: &SessionId) -> Result<Option<(OrderId, Sighting)>, GatewayError> {
        let (id, now) = (id.clone(), self.clock.now());
        let row = self.database.read(move |c| session(c, &id.0, now)).await?;
        Ok(row.map(|row| (row.order.clone(), self.sighting(&row))))
    }

    async fn expire(&self, id: &SessionId) -> Result<Sighting, GatewayError> {
        let (wanted, now) = (id.clone(), self.clock.now());
        let work = move |t: &Transaction<'_>| {
            if t.execute("UPDATE sessions SET state = 'expired' WHERE id = ?1 AND state = 'open'", [&wanted.0])? == 1 {
                notify(t, &wanted.0, "session.expired", now)?;
            }
            session(t, &wanted.0, now).map(Commit::Keep)
        };
        let row = self.database.write(work).await?;
        row.map(|row| self.sighting(&row)).ok_or_else(|| GatewayError::Refused(format!("there is no session {}", id.0)))
    }

    /// The shopper's button has moved the money already.
    async fn capture(&self, id: &SessionId, _: Timestamp) -> Result<Sighting, GatewayError> {
        let seen = self.look(id).await?;
        seen.map(|(_, sighting)| sighting).ok_or_else(|| GatewayError::Refused(format!("there is no session {}", id.0)))
    }

    async fn refund(&self, request: &RefundRequest) -> Result<Refunding, GatewayError> {
        let r = request.clone();
        let work = move |t: &Transaction<'_>| give_back(t, &r.key, &r.payment.0, r.amount).map(Commit::Keep);
        Ok(self.database.write(work).await?)
    }

    async fn aftermath(&self, payment: &PaymentId) -> Result<Option<Aftermath>, GatewayError> {
        let payment = payment.clone();
        Ok(self.database.read(move |c| aftermath(c, &payment.0)).await?)
    }

    async fn read_notice(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, BadNotice> {
        let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
        let part = |name: &str| signature?.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        let (at, seal) = (part("t").ok_or(BadNotice::Signature)?, part("v1").ok_or(BadNotice::Signature)?);
        let seal = unhex(seal).ok_or(BadNotice::Signature)?;
        self.seal(at, body).verify_slice(&seal).map_err(|_| BadNotice::Signature)?;
        let seconds: i64 = at.parse().map_err(|_| BadNotice::Signature)?;
        let at = Timestamp::from_second(seconds).map_err(|_| BadNotice::Signature)?;
        if now.duration_since(at) > TOLERANCE {
            return Err(BadNotice::Stale);
        }
        let event: Event = serde_json::from_slice(body).map_err(|_| BadNotice::Body)?;
        Ok(Notice { event: event.id, about: About::Session(SessionId(event.session)) })
    }
}

/// The gateway in a simulation: its database is in memory, and somebody else carries its notices.
#[cfg(feature = "simulation")]
mod simulated {
    use rusqlite::{Connection, Transaction};

    use super::{Commit, DatabaseThread, SCHEMA, Sandbox};
    use crate::error::Fault;
    use crate::order::SessionId;
    use crate::shop::Settings;

    /// What a gateway remembers; one after the other can have it.
    pub(crate) struct Memory(DatabaseThread);

    impl Memory {
        /// An empty one.
        pub(crate) fn new() -> Result<Self, Fault> {
            DatabaseThread::in_memory(&SCHEMA).map(Self)
        }

        /// A gateway that remembers nothing yet.
        pub(crate) async fn gateway(&self, settings: &Settings, secret: [u8; 32]) -> Result<Sandbox, Fault> {
            self.0.forget().await?;
            Ok(Sandbox::over(self.0.clone(), settings, secret))
        }
    }

    impl Sandbox {
        /// Hands over the notices that are due, each as its body, and keeps none.
        pub(crate) async fn take_notices(&self) -> Result<Vec<String>, Fault> {
            let now = self.clock.now().as_millisecond();
            let work = move |t: &Transaction<'_>| {
                let mut select = t.prepare_cached("SELECT id, kind, session FROM notices WHERE due_at <= ?1 ORDER BY due_at, rowid")?;
                let due = select.query_map([now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
                let due: Vec<(String, String, String)> = due.collect::<Result<_, _>>()?;
                t.prepare_cached("DELETE FROM notices WHERE due_at <= ?1")?.execute([now])?;
                Ok(Commit::Keep(due))
            };
            let due = self.database.write(work).await?;
            Ok(due
                .iter()
                .map(|(id, kind, session)| serde_json::json!({ "id": id, "type": kind, "session": session }).to_string())
                .collect())
        }

        /// Every session, oldest first.
        pub(crate) async fn sessions(&self) -> Result<Vec<SessionId>, Fault> {
            let all = |c: &Connection| {
                let mut select = c.prepare_cached("SELECT id FROM sessions ORDER BY rowid")?;
                select.query_map([], |row| row.get(0).map(SessionId))?.collect()
            };
            self.database.read(all).await
        }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
