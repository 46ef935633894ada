//! The conditions that keep orders right, each of which can be taken away to see that it is needed.

use super::gateway::Stands;
use super::kept::{Back, Call, Decided, Goods, Kept, Key, Known, Pay, Wish};

/// A condition that is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Mutation {
    /// A change is stored although somebody else has changed the order since it was read.
    VersionIsIgnored,
    /// An order is placed whether there are goods or not.
    PlacingDoesNotCount,
    /// A closed order gets its goods again whether there are any or not.
    LateGoodsAreNotCounted,
    /// Goods move in another transaction than the order.
    GoodsMoveApart,
    /// A closed order takes a session.
    HandOverIsUnconditional,
    /// The address leaves before the session is stored.
    AddressLeavesFirst,
    /// Whoever opens a session answers with its address, whichever the order waits for.
    AnySessionIsAnswered,
    /// Goods are given back without the session being ended.
    ReleaseDoesNotExpire,
    /// An order that waits is released by someone who had seen no session.
    ReleaseNeedsNoEnd,
    /// A session takes the place of another that was handed over.
    HandOverReplaces,
    /// An order whose money is being taken is released like one that waits.
    CapturingIsReleased,
    /// The gateway is called for a refund before the intent is stored.
    RefundComesFirst,
    /// Each call for a refund has a new key.
    RefundsHaveNoKey,
    /// Another payment of a paid order stays at the gateway.
    SurplusIsKept,
    /// A late payment that finds no goods stays at the gateway.
    LateMoneyIsKept,
    /// A payment that is the order's own counts as another one.
    OwnPaymentGoesBack,
    /// A payment that goes back can buy.
    RefundedMoneyBuys,
    /// A closed order's money is taken without its goods being held again.
    CaptureDoesNotHold,
    /// The end of any session closes the order.
    AnyEndCloses,
    /// A declined payment opens what was over.
    DeclineReopens,
    /// The worker does not finish what is being captured.
    CapturingIsForgotten,
    /// The worker does not end what waits for its shopper.
    AwaitingIsForgotten,
    /// The worker does not ask about payments that are on their way.
    ProcessingIsForgotten,
    /// The worker does not finish refunds.
    RefundsAreForgotten,
    /// A session that is not the captured one is captured, too.
    AnyApprovalCaptures,
    /// A capture that comes late takes what the shopper has agreed to since.
    CapturesHaveNoKey,
    /// An order leaves a capture with the answer to an earlier one, or with what anybody sees.
    AnyDeclineEndsCapture,
    /// The same order and attempt give a new session.
    SessionsAreNew,
    /// Another attempt is made without looking for the session of the one that is stuck.
    StuckIsNotSearched,
    /// Whoever comes too late with a session leaves it open.
    LostRaceLeavesSession,
    /// The worker releases a pending order without looking for its session.
    PendingIsNotSearched,
    /// The worker sends a refund without looking whether the gateway has it.
    RefundsAreNotSearched,
}

impl Mutation {
    /// What is decided in place of the right thing; `None` where this mutation makes no difference.
    pub(super) fn instead(self, kept: &Kept, wish: &Wish, facts: Known) -> Option<Decided> {
        let becomes = |pay, goods, call| Some(Decided { kept: Kept { pay, ..kept.clone() }, goods, call });
        let (seen, stands) = match wish {
            Wish::HandOver(attempt) if self == Self::HandOverIsUnconditional && kept.pay == Pay::Closed => {
                return becomes(Pay::Awaiting(*attempt), None, None);
            }
            Wish::HandOver(attempt) if self == Self::HandOverReplaces && matches!(kept.pay, Pay::Awaiting(_)) => {
                return becomes(Pay::Awaiting(*attempt), None, None);
            }
            Wish::Release(None) if self == Self::ReleaseNeedsNoEnd && kept.pay.is_open() => {
                return becomes(Pay::Closed, Some(Goods::Release), None);
            }
            Wish::Settle(attempt, stands) | Wish::Captured(attempt, _, stands) | Wish::Release(Some((attempt, stands))) => {
                (*attempt, *stands)
            }
            _ => return None,
        };
        match (self, stands, kept.pay) {
            (Self::CapturingIsReleased, Stands::Expired, Pay::Capturing(..)) if matches!(wish, Wish::Release(_)) => {
                becomes(Pay::Closed, Some(Goods::Release), None)
            }
            (Self::SurplusIsKept, Stands::Paid, Pay::Paid(known)) if known != seen => becomes(kept.pay, None, None),
            (Self::LateMoneyIsKept, Stands::Paid, Pay::Closed) if !facts.stock_left => becomes(kept.pay, None, None),
            (Self::OwnPaymentGoesBack, Stands::Paid, Pay::Paid(known)) if known == seen => Some(goes_back(kept, seen)),
            (Self::RefundedMoneyBuys, Stands::Paid, Pay::Closed) if facts.stock_left => {
                becomes(Pay::Paid(seen), Some(Goods::SellLate), None)
            }
            (Self::CaptureDoesNotHold, Stands::Approved | Stands::ApprovedAgain, Pay::Closed) => {
                becomes(kept.pay, None, Some(Call::Capture(seen, facts.now)))
            }
            (Self::AnyApprovalCaptures, Stands::Approved | Stands::ApprovedAgain, Pay::Capturing(..)) => {
                becomes(kept.pay, None, Some(Call::Capture(seen, facts.now)))
            }
            (Self::AnyDeclineEndsCapture, Stands::Declined, Pay::Capturing(known, _)) if known == seen => {
                becomes(Pay::Awaiting(seen), None, None)
            }
            (Self::AnyEndCloses, Stands::Failed | Stands::Expired, pay) if pay.is_open() => {
                becomes(Pay::Closed, Some(Goods::Release), None)
            }
            (Self::DeclineReopens, Stands::Declined, Pay::Closed | Pay::Paid(_)) => becomes(Pay::Awaiting(seen), None, None),
            _ => None,
        }
    }
}

fn goes_back(kept: &Kept, payment: u8) -> Decided {
    let back = Back { key: Key::Surplus(payment), of: payment, done: false };
    let mut kept = kept.clone();
    let is_known = kept.refunds.iter().any(|known| known.key == back.key);
    if !is_known {
        kept.refunds.push(back);
    }
    Decided { kept, goods: None, call: (!is_known).then_some(Call::Refund(back.key, payment)) }
}
