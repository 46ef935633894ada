//! Digital goods, as this crate sees whoever keeps them: copies by content, handed over as bytes or as an address.

use std::ops::Range;

use async_trait::async_trait;

use crate::error::Fault;

/// Keeps copies of digital goods, so that what was bought can be had although the shop has moved on.
#[async_trait]
pub trait Files: Send + Sync {
    /// Copies a file from below `downloads/`; the answer is the copy's name, its content hash.
    async fn keep(&self, file: &str) -> Result<String, Fault>;

    /// Hands a copy over, or says where it is handed over. Whether its buyer may have it was asked before, and whether it counts is
    /// asked afterwards: nothing that this gives has reached anybody until then.
    async fn deliver(&self, wanted: &Wanted<'_>) -> Result<Delivery, Fault>;
}

/// A copy as a request wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The copy's name, as [`Files::keep`] gave it.
    pub kept: &'a str,
    /// The name under which its buyer saves it. Only whoever answers with an address needs it: the answer there has to say it.
    pub save_as: &'a str,
    /// Which bytes of it. Only whoever answers with bytes needs it: at an address, the client asks for them itself.
    pub part: Option<ByteRange>,
    /// Only what there is to say about it (HEAD): a stream has no pieces, and an address is good for that method.
    pub is_head: bool,
}

/// How a copy is handed over.
#[derive(Debug)]
pub enum Delivery {
    /// Here.
    Stream(FileStream),
    /// At an address that is good for a few minutes. It needs no leave of ours, so it is told to nobody but the buyer, and kept by
    /// no cache.
    Redirect(String),
    /// Nowhere: the part that was asked for lies beyond the end.
    Beyond {
        /// How many bytes the whole copy has.
        length: u64,
    },
}

/// The bytes of a copy, piece by piece.
#[derive(Debug)]
pub struct FileStream {
    /// How many bytes the whole copy has.
    pub length: u64,
    /// Which of them come.
    pub part: Range<u64>,
    /// The pieces.
    pub pieces: tokio::sync::mpsc::Receiver<std::io::Result<Vec<u8>>>,
}

/// One range of bytes, as clients write it, before anybody knows how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// From the first on, up to and with the last where one is named, which is not below the first.
    From(u64, Option<u64>),
    /// So many at the end.
    Last(u64),
}

impl ByteRange {
    /// Reads a `Range` header (RFC 9110 §14.2). `None` where there is none that this shop serves, and the whole is to be sent: no
    /// bytes, several ranges at once, or not understood.
    pub fn parse(header: &str) -> Option<Self> {
        let (unit, set) = header.split_once('=')?;
        let (first, last) = set.trim().split_once('-')?;
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return None;
        }
        match (first.trim(), last.trim()) {
            ("", last) => position(last).map(Self::Last),
            (first, "") => position(first).map(|first| Self::From(first, None)),
            (first, last) => {
                let (first, last) = (position(first)?, position(last)?);
                (first <= last).then_some(Self::From(first, Some(last)))
            }
        }
    }

    /// Which bytes of so many these are. `None` where there are none.
    pub fn within(self, length: u64) -> Option<Range<u64>> {
        let part = match self {
            Self::From(first, last) => first..last.map_or(length, |last| length.min(last.saturating_add(1))),
            Self::Last(count) => length.saturating_sub(count)..length,
        };
        (part.start < part.end).then_some(part)
    }
}

/// A number of any length; what is larger than any file is the largest.
fn position(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_clients_write_them() {
        use ByteRange::{From, Last};
        for (header, read) in [
            ("bytes=0-", Some(From(0, None))),
            ("bytes=2-4", Some(From(2, Some(4)))),
            ("Bytes = 2 - 4 ", Some(From(2, Some(4)))),
            ("bytes=-5", Some(Last(5))),
            ("bytes=99999999999999999999999-", Some(From(u64::MAX, None))),
            ("bytes=4-2", None),
            ("bytes=0-1,3-4", None),
            ("bytes=-", None),
            ("bytes=a-4", None),
            ("bytes=+1-4", None),
            ("items=0-1", None),
            ("bytes", None),
            ("", None),
        ] {
            assert_eq!(ByteRange::parse(header), read, "{header}");
        }
    }

    #[test]
    fn a_range_is_a_part_of_what_is_there() {
        for (header, length, part) in [
            ("bytes=0-", 10, Some(0..10)),
            ("bytes=2-4", 10, Some(2..5)),
            ("bytes=2-99", 10, Some(2..10)),
            ("bytes=9-9", 10, Some(9..10)),
            ("bytes=10-", 10, None),
            ("bytes=-3", 10, Some(7..10)),
            ("bytes=-30", 10, Some(0..10)),
            ("bytes=-0", 10, None),
            ("bytes=0-", 0, None),
            ("bytes=0-18446744073709551615", 3, Some(0..3)),
        ] {
            assert_eq!(ByteRange::parse(header).expect(header).within(length), part, "{header} of {length}");
        }
    }
}
