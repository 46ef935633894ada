//! The key that requests are made with, and whether it moves real money.

use crate::gateway::secret::Secret;

/// The name of the setting, for messages.
pub(crate) const SETTING: &str = "STRIPE_SECRET_KEY";

/// Whether money is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is.
    Live,
    /// Nothing moves.
    Test,
}

impl Mode {
    /// What objects of this mode carry as `livemode`.
    pub(crate) fn is_live(self) -> bool {
        self == Self::Live
    }
}

/// A secret or restricted key.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    /// What authenticates.
    pub(crate) secret: Secret,
    /// What it moves.
    pub(crate) mode: Mode,
}

/// Why a text is not such a key. Never repeats the text: it may be another secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadKey {
    /// Nothing is set.
    #[error(
        "`{SETTING}` is empty; set it to the secret key of the Stripe account, `sk_live_…` or `sk_test_…`, or to a restricted one, `rk_…`"
    )]
    Empty,
    /// The key for browsers.
    #[error("`{SETTING}` holds the publishable key; the secret one starts with `sk_live_`, `sk_test_`, `rk_live_` or `rk_test_`")]
    Publishable,
    /// The secret that signs notices.
    #[error("`{SETTING}` holds a signing secret of a webhook; the key starts with `sk_live_`, `sk_test_`, `rk_live_` or `rk_test_`")]
    SigningSecret,
    /// Something else, or with something else around it.
    #[error("`{SETTING}` is not a key of Stripe's: those are `sk_live_`, `sk_test_`, `rk_live_` or `rk_test_`, then letters and digits")]
    Unknown,
}

impl Key {
    /// Reads a key. White space around it, as files and consoles leave it, is not part of it.
    pub(crate) fn parse(text: &str) -> Result<Self, BadKey> {
        let text = text.trim();
        let kinds = [("sk_live_", Mode::Live), ("rk_live_", Mode::Live), ("sk_test_", Mode::Test), ("rk_test_", Mode::Test)];
        let is_plain = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let kind = kinds.into_iter().find(|(start, _)| text.strip_prefix(start).is_some_and(is_plain));
        match kind {
            Some((_, mode)) => Ok(Self { secret: Secret::new(text), mode }),
            None if text.is_empty() => Err(BadKey::Empty),
            None if text.starts_with("pk_") => Err(BadKey::Publishable),
            None if text.starts_with("whsec_") => Err(BadKey::SigningSecret),
            None => Err(BadKey::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_keys_by_their_beginning() {
        let cases = [
            ("sk_live_51Ab", Ok(Mode::Live)),
            ("rk_live_51Ab", Ok(Mode::Live)),
            ("sk_test_51Ab", Ok(Mode::Test)),
            (" rk_test_51Ab_9\n", Ok(Mode::Test)),
            ("", Err(BadKey::Empty)),
            (" ", Err(BadKey::Empty)),
            ("pk_live_51Ab", Err(BadKey::Publishable)),
            ("whsec_51Ab", Err(BadKey::SigningSecret)),
            ("sk_test_", Err(BadKey::Unknown)),
            ("sk_test_51Ab sk_test_51Ac", Err(BadKey::Unknown)),
            ("sk_test_51Ab\r\nX: y", Err(BadKey::Unknown)),
            ("SK_LIVE_51Ab", Err(BadKey::Unknown)),
            ("sk_51Ab", Err(BadKey::Unknown)),
            ("51Ab", Err(BadKey::Unknown)),
        ];
        for (text, expected) in cases {
            assert_eq!(Key::parse(text).map(|key| key.mode), expected, "{text}");
        }
    }

    #[test]
    fn never_shows_itself() {
        let key = Key::parse("sk_live_51Ab").expect("a key");
        assert!(!format!("{key:?}").contains("51Ab"));
        assert!(!BadKey::Unknown.to_string().contains("51Ab"));
    }
}
