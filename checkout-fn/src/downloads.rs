//! What an order gives to download: until when, how often still, and why no more. Pure; how often it was is the store's matter.

use jiff::{SignedDuration, Timestamp};

use crate::order::{DisputeState, Download, Order, Payment};
use crate::ports::DownloadCount;

/// Requests of so long a time count once: a link that broke off is used again, and the programs of some shoppers ask for a file
/// in several parts at once.
pub(crate) const COUNTS_ONCE: SignedDuration = SignedDuration::from_hours(24);

/// A link is good for so long, at most; the order's page gives new ones.
const LINK: SignedDuration = SignedDuration::from_hours(24);

/// Why an order gives nothing to download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closed {
    /// It is not paid.
    Unpaid,
    /// All that was paid was given back.
    Refunded,
    /// The buyer claims the money back through a bank.
    Disputed,
}

/// What of a file can still be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    /// So many downloads.
    pub(crate) left: u32,
    /// Until then.
    pub(crate) until: Timestamp,
    /// When a link that is made now expires. `None` where there is nothing to link to.
    pub(crate) link_expires: Option<Timestamp>,
}

/// Since when the order's files can be had, or why they cannot.
pub(crate) fn since(order: &Order) -> Result<Timestamp, Closed> {
    let Payment::Paid { at, .. } = order.payment else { return Err(Closed::Unpaid) };
    match &order.dispute {
        Some(dispute) if dispute.state != DisputeState::Won => Err(Closed::Disputed),
        _ if order.is_refunded() => Err(Closed::Refunded),
        _ => Ok(at),
    }
}

/// The end of the time in which a file of an order that was paid then can be had.
pub(crate) fn until(file: &Download, paid_at: Timestamp) -> Timestamp {
    // Settings end at ten years, so this fails for no date that a clock shows.
    paid_at.checked_add(SignedDuration::from_hours(24 * i64::from(file.rules.days))).unwrap_or(Timestamp::MAX)
}

/// What of a file can still be had, after so many downloads.
pub(crate) fn allowance(file: &Download, paid_at: Timestamp, count: Option<&DownloadCount>, now: Timestamp) -> Allowance {
    let until = until(file, paid_at);
    let left = file.rules.limit.saturating_sub(count.map_or(0, |count| count.used));
    // The last download can be repeated for as long as it counts once.
    let open_until = if left > 0 { Some(until) } else { count.map(|count| until.min(count.counted_at + COUNTS_ONCE)) };
    let link_expires = open_until.filter(|open_until| now < *open_until).map(|open_until| open_until.min(now + LINK));
    Allowance { left, until, link_expires }
}

#[cfg(test)]
mod tests {
    use catalog::terms::DownloadRules;

    use super::*;

    #[test]
    fn an_allowance_ends_by_the_clock_or_by_use() {
        let paid_at = Timestamp::from_second(1_780_000_000).expect("a time");
        let after = |hours: i64| paid_at + SignedDuration::from_hours(hours);
        let file = Download { title: "a".into(), name: "a".into(), kept: "a".into(), rules: DownloadRules { limit: 2, days: 3 } };
        let count = |used, hours| Some(DownloadCount { used, counted_at: after(hours) });
        for (used, now, left, link_expires) in [
            (None, 0, 2, Some(24)),
            (None, 60, 2, Some(72)),
            (None, 72, 2, None),
            (count(1, 1), 2, 1, Some(26)),
            // All used: the last one for its day, and not beyond the end.
            (count(2, 1), 2, 0, Some(25)),
            (count(2, 1), 25, 0, None),
            (count(2, 60), 61, 0, Some(72)),
            // Fewer are allowed by now than were used.
            (count(9, 1), 25, 0, None),
        ] {
            let allowance = allowance(&file, paid_at, used.as_ref(), after(now));
            let expected = Allowance { left, until: after(72), link_expires: link_expires.map(after) };
            assert_eq!(allowance, expected, "{used:?} at {now} h");
        }
    }
}
