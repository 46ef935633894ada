//! Transactions: sent until they are done or refused, under one name, so that one whose answer was lost is not done twice.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::DynamoStore;
use super::trouble::{Patience, Trouble};
use crate::error::Fault;

/// So many actions one transaction may have.
pub(super) const MOST_ACTIONS: usize = 100;

/// What became of a transaction.
#[derive(Debug)]
pub(super) enum Committed {
    /// It is done.
    Done,
    /// Not done, because of conditions of the actions at these places and perhaps of others. Where an answer had been lost,
    /// they may have been met by this very transaction.
    Refused(Vec<usize>),
    /// Not done: others were at the same items, or the table is busy. Worth a look whether trying again makes sense.
    TurnedAway,
    /// Every answer was lost.
    Unknown(Fault),
}

/// A name that nothing else has.
pub(super) fn fresh_name() -> String {
    crate::chance::name().to_string()
}

/// After so many times of being turned away it is time for a look: those who come for what is gone need not wait in line.
const LOOK_AFTER: u32 = 2;

impl DynamoStore {
    /// Does all of it or nothing.
    pub(super) async fn commit(&self, actions: Vec<TransactWriteItem>, patience: &mut Patience) -> Result<Committed, Fault> {
        let write = self.client.transact_write_items().set_transact_items(Some(actions)).client_request_token(fresh_name());
        let (mut lost, mut turned_away) = (false, 0);
        loop {
            let Err(error) = write.clone().send().await else { return Ok(Committed::Done) };
            let (fault, again) = match self.place.transaction_trouble(&error) {
                Trouble::Refused(at) => return Ok(Committed::Refused(at)),
                Trouble::Hopeless(fault) if lost => return Ok(Committed::Unknown(fault)),
                Trouble::Hopeless(fault) => return Err(fault),
                Trouble::Busy(fault) => {
                    turned_away += 1;
                    (fault, patience.wait().await)
                }
                Trouble::Lost(fault) => {
                    lost = true;
                    (fault, patience.wait_after_loss().await)
                }
            };
            match (again, lost) {
                (false, true) => return Ok(Committed::Unknown(fault)),
                (false, false) => return Err(fault),
                (true, false) if turned_away >= LOOK_AFTER => return Ok(Committed::TurnedAway),
                // One whose answer was lost keeps its name.
                (true, _) => {}
            }
        }
    }
}
