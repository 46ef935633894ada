//! A certificate authority of our own: a root, one below it, and certificates that sign notices.

use std::sync::LazyLock;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_RSA_SHA256, SigningKey, date_time_ymd,
};
use rustls_pki_types::CertificateDer;

/// Making an RSA key takes a while, and nothing here is a secret.
static RSA: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate_for(&PKCS_RSA_SHA256).expect("aws-lc makes RSA keys"));

/// Vouches for certificates.
pub(crate) struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    between: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate with its key.
pub(crate) struct Signer {
    leaf: String,
    between: String,
}

impl Authority {
    /// A new one that nobody trusts yet.
    pub(crate) fn new() -> Self {
        let root = CertifiedIssuer::self_signed(authority("Double root"), elliptic()).expect("a root signs itself");
        let between = CertifiedIssuer::signed_by(authority("Double intermediate"), elliptic(), &root).expect("a root signs");
        Self { root, between }
    }

    /// What has to be trusted.
    pub(crate) fn root(&self) -> CertificateDer<'static> {
        self.root.der().clone()
    }

    /// A certificate for names, valid from the first day of one year to the first of another.
    pub(crate) fn issue(&self, names: &[&str], (from, until): (i32, i32)) -> Signer {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names.clone()).expect("names are ASCII");
        params.distinguished_name = named(names.first().map_or("nobody", String::as_str));
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let leaf = params.signed_by(&*RSA, &self.between).expect("an authority signs");
        Signer { leaf: leaf.pem(), between: self.between.pem() }
    }
}

impl Signer {
    /// The chain as PayPal serves it: the signing certificate first, the root left out.
    pub(crate) fn chain(&self) -> String {
        format!("{}{}", self.leaf, self.between)
    }

    /// The signing certificate alone.
    #[cfg(test)]
    pub(crate) fn leaf(&self) -> &str {
        &self.leaf
    }

    /// The certificate between it and the root.
    #[cfg(test)]
    pub(crate) fn between(&self) -> &str {
        &self.between
    }

    /// Signs as `SHA256withRSA` does.
    #[expect(clippy::unused_self, reason = "all certificates here have one key; a caller need not know")]
    pub(crate) fn sign(&self, text: &[u8]) -> Vec<u8> {
        RSA.sign(text).expect("an RSA key signs")
    }
}

fn elliptic() -> KeyPair {
    KeyPair::generate().expect("aws-lc makes keys")
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}
