//! What the table's service answers when it does not do what was asked, and what follows from it: try again, ask what became
//! of it, or give up with a text that says what to do.

use std::time::Duration;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;

use tokio::time::Instant;

use crate::error::{Away, Fault};

/// Why something was not done, or perhaps was.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Not done; it may go well the next time.
    Busy(Fault),
    /// The answer was lost: it may have been done.
    Lost(Fault),
    /// Conditions of the actions at these places did not hold. Not done.
    Refused(Vec<usize>),
    /// It will not go well.
    Hopeless(Fault),
}

impl Trouble {
    /// Where nothing more can be done about it.
    pub(super) fn fault(self) -> Fault {
        match self {
            Self::Busy(fault) | Self::Lost(fault) | Self::Hopeless(fault) => fault,
            Self::Refused(_) => Fault::new("a condition was not met that nobody had set".to_owned()),
        }
    }
}

/// The table that was asked, for messages.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Its name.
    pub(super) table: String,
    /// Where.
    pub(super) region: String,
}

impl Place {
    /// What an error means.
    pub(super) fn trouble<E>(&self, error: &SdkError<E, HttpResponse>) -> Trouble
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let cause = DisplayErrorContext(error).to_string();
        match error {
            SdkError::ConstructionFailure(_) => self.unsent(&cause),
            SdkError::DispatchFailure(failure) if failure.is_user() || cause.contains("redentials") => self.unsent(&cause),
            SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) | SdkError::ResponseError(_) => {
                Trouble::Lost(self.away("did not answer", &cause))
            }
            SdkError::ServiceError(answer) if answer.raw().status().as_u16() >= 500 => Trouble::Lost(self.away("failed", &cause)),
            _ => self.said(error.code().unwrap_or_default(), &cause),
        }
    }

    /// The same for a transaction, which says of each of its actions why it was refused.
    pub(super) fn transaction_trouble(&self, error: &SdkError<TransactWriteItemsError, HttpResponse>) -> Trouble {
        let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
            return self.trouble(error);
        };
        let codes = || cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or_default());
        let refused: Vec<usize> = codes().enumerate().filter(|(_, code)| *code == "ConditionalCheckFailed").map(|(at, _)| at).collect();
        let hopeless = codes().any(|code| matches!(code, "ValidationError" | "ItemCollectionSizeLimitExceeded"));
        let cause = || codes().filter(|code| !matches!(*code, "" | "None")).collect::<Vec<_>>().join(", ");
        match () {
            () if !refused.is_empty() => Trouble::Refused(refused),
            () if hopeless => Trouble::Hopeless(self.fault("refused a transaction", &DisplayErrorContext(error).to_string())),
            () => Trouble::Busy(self.away("is too busy", &cause())),
        }
    }

    fn said(&self, code: &str, cause: &str) -> Trouble {
        let Self { table, region } = self;
        match code {
            "ThrottlingException" | "ProvisionedThroughputExceededException" | "RequestLimitExceeded" => {
                Trouble::Busy(self.away("takes no more requests for now; give it more capacity, or let it grow on demand", cause))
            }
            "TransactionConflictException" | "TransactionInProgressException" | "LimitExceededException" => {
                Trouble::Busy(self.away("is too busy", cause))
            }
            "ConditionalCheckFailedException" => Trouble::Refused(vec![0]),
            "ResourceNotFoundException" => Trouble::Hopeless(Fault::new(format!(
                "there is no table `{table}` in the region `{region}`: create it, or name the region where it is ({cause})"
            ))),
            "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "ExpiredTokenException"
            | "IncompleteSignatureException"
            | "MissingAuthenticationTokenException"
            | "InvalidClientTokenId" => {
                Trouble::Hopeless(self.fault("does not accept the credentials; check them, their age and the region", cause))
            }
            "AccessDeniedException" => Trouble::Hopeless(self.fault("is closed to these credentials; give their role the rights", cause)),
            _ => Trouble::Hopeless(self.fault("refused a request", cause)),
        }
    }

    /// It never left this machine.
    fn unsent(&self, cause: &str) -> Trouble {
        let what = if cause.contains("redentials") {
            "cannot be asked without credentials; set the environment's, or give the machine a role"
        } else {
            "cannot be asked"
        };
        Trouble::Hopeless(self.fault(what, cause))
    }

    /// It may go well the next time.
    fn away(&self, what: &str, cause: &str) -> Fault {
        self.fault(what, cause).as_away(Away::Store)
    }

    fn fault(&self, what: &str, cause: &str) -> Fault {
        Fault::new(format!("the table `{}` in the region `{}` {what} ({cause})", self.table, self.region))
    }
}

/// How long something is tried, with pauses that grow and that nobody can foresee, so that those who collided do not
/// collide again.
pub(super) struct Patience {
    tried: u32,
    lost: u32,
    puzzled: u32,
    ends: Instant,
}

/// No try begins later, so that whoever waits for us still hears an answer.
const LONGEST: Duration = Duration::from_secs(8);

/// So many answers may get lost; each takes as long as a try may take.
const LOST: u32 = 5;

/// So many refusals may have no reason that can be found, since things move between a refusal and a look.
const PUZZLED: u32 = 10;

/// The longest pause before the second try; it doubles with each.
const FIRST_PAUSE_MS: u64 = 20;

/// No pause is longer. Long enough that a hundred who want the same item do not keep each other from it.
const LONGEST_PAUSE_MS: u64 = 1000;

impl Patience {
    /// All of it.
    pub(super) fn new() -> Self {
        Self { tried: 0, lost: 0, puzzled: 0, ends: Instant::now() + LONGEST }
    }

    /// Waits before the next try. Whether there is one.
    pub(super) async fn wait(&mut self) -> bool {
        if Instant::now() >= self.ends {
            return false;
        }
        let longest = (FIRST_PAUSE_MS << self.tried.min(10)).min(LONGEST_PAUSE_MS);
        self.tried += 1;
        let pause = u64::from_le_bytes(crate::chance::bytes()) % (longest + 1);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        true
    }

    /// The same after an answer was lost.
    pub(super) async fn wait_after_loss(&mut self) -> bool {
        self.lost += 1;
        self.lost < LOST && self.wait().await
    }

    /// The same after a refusal for which no reason was found.
    pub(super) async fn wait_puzzled(&mut self) -> bool {
        self.puzzled += 1;
        self.puzzled < PUZZLED && self.wait().await
    }
}
