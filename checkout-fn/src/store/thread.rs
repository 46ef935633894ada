//! One database connection on a thread of its own, with a queue. A writer waits in line instead of failing as
//! busy, and no async task ever blocks on the disk. A simulation's database is in memory and works where it is asked, so that nothing
//! depends on how threads are scheduled.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::oneshot;

use crate::error::{Away, Fault};

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle to the thread; it ends when the last handle is gone.
#[derive(Clone)]
pub(crate) struct DatabaseThread {
    worker: Worker,
}

#[derive(Clone)]
enum Worker {
    Thread(mpsc::Sender<Job>),
    #[cfg(feature = "simulation")]
    Here(std::sync::Arc<std::sync::Mutex<Connection>>),
}

/// How long to wait for another process, such as a merchant's command, to finish its transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);

/// So many statements are kept prepared: more than a store has.
const STATEMENTS: usize = 100;

impl DatabaseThread {
    /// Opens a database, creating its folder, and brings its schema up to date: step `n` of `schema` leads from
    /// version `n` to `n + 1`. `first` then runs once, before anything else.
    #[expect(clippy::disallowed_methods, reason = "the door to the database's folder")]
    pub(crate) fn open<T>(
        path: &Path,
        schema: &[&str],
        first: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<(Self, T), Fault> {
        let fault = |cause: &dyn std::fmt::Display| Fault::new(format!("cannot open {}: {cause}", path.display()));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| fault(&error))?;
        }
        make_private(path).map_err(|error| fault(&error))?;
        let mut connection = Connection::open(path).map_err(|error| fault(&error))?;
        let found = prepare(&mut connection, schema, first).map_err(|error| fault(&error))?;
        let (jobs, queue) = mpsc::channel::<Job>();
        let run = move || queue.iter().for_each(|job| job(&mut connection));
        std::thread::Builder::new().name("store".into()).spawn(run).map_err(|error| fault(&error))?;
        Ok((Self { worker: Worker::Thread(jobs) }, found))
    }

    /// A database in memory that works on the caller's thread.
    #[cfg(feature = "simulation")]
    pub(crate) fn in_memory(schema: &[&str]) -> Result<Self, Fault> {
        let open = || {
            let mut connection = Connection::open_in_memory()?;
            prepare(&mut connection, schema, |_| Ok(()))?;
            Ok(connection)
        };
        let connection = open().map_err(|error: rusqlite::Error| Fault::during("cannot open a database in memory", error))?;
        Ok(Self { worker: Worker::Here(std::sync::Arc::new(std::sync::Mutex::new(connection))) })
    }

    /// Forgets every row of every table; what is left is as it was when the database was opened.
    #[cfg(feature = "simulation")]
    pub(crate) async fn forget(&self) -> Result<(), Fault> {
        self.run(|connection| {
            connection.pragma_update(None, "foreign_keys", "OFF")?;
            let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT NULL";
            let names: Vec<String> = connection.prepare_cached(names)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            names.iter().try_for_each(|name| connection.prepare_cached(&format!("DELETE FROM {name}"))?.execute([]).map(drop))?;
            connection.pragma_update(None, "foreign_keys", "ON")
        })
        .await
    }

    /// Does something in one transaction that may write. What fails leaves nothing behind.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<Outcome<T>> + Send + 'static,
    ) -> Result<T, Fault> {
        self.run(move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            match work(&transaction)? {
                Outcome::Keep(value) => transaction.commit().map(|()| value),
                Outcome::Undo(value) => transaction.rollback().map(|()| value),
            }
        })
        .await
    }

    /// Reads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Fault> {
        self.run(move |connection| work(connection)).await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static) -> Result<T, Fault> {
        let ended = || Fault::new("the store's thread has ended".into()).as_away(Away::Store);
        let result = match &self.worker {
            Worker::Thread(jobs) => {
                let (answer, answered) = oneshot::channel();
                // Nobody listens any more when a request was given up; the work is done all the same.
                let job: Job = Box::new(move |connection| drop(answer.send(work(connection))));
                jobs.send(job).map_err(|_| ended())?;
                answered.await.map_err(|_| ended())?
            }
            #[cfg(feature = "simulation")]
            Worker::Here(connection) => work(&mut connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner)),
        };
        result.map_err(|error| failed(&error))
    }
}

/// Why a transaction failed: because of others at the same file, or of a disk that is full or gone, or of something that stays.
fn failed(error: &rusqlite::Error) -> Fault {
    let fault = Fault::during("the store failed", error);
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::DiskFull,
        ) => fault.as_away(Away::Store),
        _ => fault,
    }
}

/// Makes the file where there is none, readable by its owner alone: it holds addresses of people and the shop's secret.
/// `SQLite` gives the files beside it the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// What to do with a transaction.
pub(crate) enum Outcome<T> {
    /// Commit.
    Keep(T),
    /// Roll back.
    Undo(T),
}

fn prepare<T>(
    connection: &mut Connection,
    schema: &[&str],
    first: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    // What is erased is not left in free pages.
    connection.pragma_update(None, "secure_delete", "ON")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(schema.len()).unwrap_or(i64::MAX);
    if version > known {
        let text = format!("it has version {version}, this program knows {known}; use a newer program");
        return Err(rusqlite::Error::ToSqlConversionFailure(text.into()));
    }
    for step in schema.iter().skip(usize::try_from(version).unwrap_or(0)) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    let found = first(&transaction)?;
    transaction.commit().map(|()| found)
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    #[test]
    fn what_passes_is_told_from_what_stays() {
        let said = |code| failed(&rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)).away;
        for code in [ffi::SQLITE_BUSY, ffi::SQLITE_LOCKED, ffi::SQLITE_FULL, ffi::SQLITE_IOERR, ffi::SQLITE_CANTOPEN] {
            assert_eq!(said(code), Some(Away::Store), "{code}");
        }
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_CONSTRAINT, ffi::SQLITE_READONLY] {
            assert_eq!(said(code), None, "{code}");
        }
        assert_eq!(failed(&rusqlite::Error::QueryReturnedNoRows).away, None);
    }
}
