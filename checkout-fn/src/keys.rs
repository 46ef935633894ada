//! Everything derived from the store's secret: tokens, keyed hashes, signed download addresses. Pure.

use crate::order::OrderId;
use crate::ports::Hashed;

/// Derives and checks. Nothing of it is stored but hashes.
#[derive(Clone)]
pub(crate) struct Keys([u8; 32]);

/// The length of a token in hexadecimal digits: 160 bits.
const TOKEN_CHARS: usize = 40;

/// The letters of order numbers: no I, L, O or U, so that they survive being read aloud (Crockford's base 32).
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Keys {
    /// From the store's secret.
    pub(crate) fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    fn mac(&self, purpose: &str, text: &str) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(purpose.as_bytes()).update(b"\0").update(text.as_bytes());
        hasher.finalize()
    }

    /// The hash under which something is stored that only its owner knows.
    pub(crate) fn hash(&self, purpose: &str, text: &str) -> Hashed {
        self.mac(purpose, text).to_hex().to_string()
    }

    /// The order's token. Derived from the order's id, so that a replayed request gets the same one, and mail can name it, although
    /// only its hash is kept.
    pub(crate) fn order_token(&self, order: &OrderId) -> String {
        self.mac("order token", &order.0).to_hex()[..TOKEN_CHARS].to_owned()
    }

    /// Who a client is today: the address, of IPv6 the first 64 bits, under a hash that changes daily.
    pub(crate) fn client(&self, address: &str, day: jiff::civil::Date) -> Hashed {
        let network = match address.parse::<std::net::IpAddr>().map(|ip| ip.to_canonical()) {
            Ok(std::net::IpAddr::V6(ip)) => format!("{:x?}", &ip.segments()[..4]),
            Ok(ip) => ip.to_string(),
            Err(_) => address.to_owned(),
        };
        self.hash("client", &format!("{day} {network}"))
    }

    /// The code of a gift card that an order issues: 80 bits as four groups of four letters. Derived, so that the order's page
    /// can show it again although only its hash is kept.
    pub(crate) fn gift_card_code(&self, order: &str, line: usize, unit: u32) -> String {
        let seal = self.mac("gift card code", &format!("{order}.{line}.{unit}"));
        let halves: Vec<String> = seal.as_bytes()[..10].chunks(5).map(|bytes| in_two_groups(&letters(bytes))).collect();
        halves.join("-")
    }

    /// The hash of a gift card's code, however it was typed.
    pub(crate) fn gift_card(&self, code: &str) -> Hashed {
        self.hash("gift card", &plain_card_code(code))
    }

    /// Who a customer is to limited discounts: a mail address, without regard to capitals.
    pub(crate) fn customer(&self, email: &str) -> Hashed {
        self.hash("customer", &email.trim().to_lowercase())
    }

    /// What gateways write beside our sessions: others may use the same account. Stable, and says nothing.
    #[cfg(feature = "service")]
    pub(crate) fn shop_id(&self) -> String {
        self.mac("shop id", "").to_hex()[..16].to_owned()
    }

    /// The secret shared with a gateway of our own.
    #[cfg(feature = "sandbox")]
    pub(crate) fn gateway_secret(&self, gateway: &str) -> [u8; 32] {
        *self.mac("gateway", gateway).as_bytes()
    }

    /// A download's token: order, index of the file, the second at which it expires, and a seal over them.
    pub(crate) fn download_token(&self, order: &str, index: usize, expires_s: i64) -> String {
        let claim = format!("{order}.{index}.{expires_s}");
        let seal = self.mac("download", &claim).to_hex();
        format!("{claim}.{}", &seal[..TOKEN_CHARS])
    }

    /// Reads a download's token: order, index, expiry. `None` where the seal is not ours.
    pub(crate) fn open_download(&self, token: &str) -> Option<(String, usize, i64)> {
        let (claim, seal) = token.rsplit_once('.')?;
        let mut parts = claim.splitn(3, '.');
        let (order, index, expires_s) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        // Both sides are hashed again, so that the comparison takes the same time wherever they differ.
        let ours = blake3::hash(self.download_token(order, index, expires_s).rsplit_once('.')?.1.as_bytes());
        (ours == blake3::hash(seal.as_bytes())).then(|| (order.to_owned(), index, expires_s))
    }
}

/// A gift card's code without what people put between its groups, and with letters that it does not have read as the digits
/// they look like.
fn plain_card_code(code: &str) -> String {
    let written = code.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase);
    let digit = |c| match c {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    written.map(digit).collect()
}

/// A short order number for people from random bytes: eight letters and digits, `7K3M-Q9TD`.
pub(crate) fn order_number(random: [u8; 5]) -> String {
    in_two_groups(&letters(&random))
}

fn in_two_groups(eight: &str) -> String {
    format!("{}-{}", &eight[..4], &eight[4..])
}

/// Five bytes as eight letters.
fn letters(bytes: &[u8]) -> String {
    let bits = bytes.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    (0..8).rev().map(|i| char::from(CROCKFORD[(bits >> (5 * i) & 31) as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_stable_and_long() {
        let keys = Keys::new([7; 32]);
        let order = OrderId("a".into());
        assert_eq!(keys.order_token(&order), keys.order_token(&order));
        assert_ne!(keys.order_token(&order), Keys::new([8; 32]).order_token(&order));
        assert_eq!(keys.order_token(&order).len() * 4, 160);
        assert_eq!(order_number([0xff; 5]), "ZZZZ-ZZZZ");
        assert_eq!(order_number([0, 0, 0, 0, 33]), "0000-0011");
    }

    #[test]
    fn clients_are_networks_and_change_daily() {
        let keys = Keys::new([7; 32]);
        let day = jiff::civil::date(2026, 5, 1);
        assert_eq!(keys.client("2001:db8:1:2::3", day), keys.client("2001:db8:1:2:ffff::9", day));
        assert_ne!(keys.client("2001:db8:1:2::3", day), keys.client("2001:db8:1:3::3", day));
        assert_ne!(keys.client("10.0.0.1", day), keys.client("10.0.0.2", day));
        assert_eq!(keys.client("::ffff:10.0.0.1", day), keys.client("10.0.0.1", day));
        assert_ne!(keys.client("10.0.0.1", day), keys.client("10.0.0.1", jiff::civil::date(2026, 5, 2)));
    }

    #[test]
    fn gift_cards_have_codes_that_survive_being_typed() {
        let keys = Keys::new([7; 32]);
        let code = keys.gift_card_code("order", 0, 0);
        assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4], "{code}");
        assert!(code.bytes().all(|b| b == b'-' || CROCKFORD.contains(&b)), "{code}");
        assert_eq!(keys.gift_card_code("order", 0, 0), code);
        for other in [("order", 0, 1), ("order", 1, 0), ("other", 0, 0)] {
            assert_ne!(keys.gift_card_code(other.0, other.1, other.2), code);
        }
        let typed = format!(" {} ", code.replace('-', " ").to_lowercase().replace('0', "o").replace('1', "l"));
        assert_eq!(keys.gift_card(&typed), keys.gift_card(&code));
        assert_eq!(keys.customer(" Mira@Example.com"), keys.customer("mira@example.com"));
    }

    #[test]
    fn a_forged_download_is_refused() {
        let keys = Keys::new([7; 32]);
        let token = keys.download_token("abc", 1, 99);
        assert_eq!(keys.open_download(&token), Some(("abc".into(), 1, 99)));
        assert_eq!(keys.open_download(&token.replace("abc.1", "abc.2")), None);
        assert_eq!(keys.open_download("abc.1.99"), None);
        assert_eq!(keys.open_download(""), None);
    }
}
