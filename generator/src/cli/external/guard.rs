//! Which addresses belong to this machine and its network. Links are written by many, and a server that publishes a shop stands where
//! others cannot reach: nobody shall send its requests there.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use url::{Host, Url};

/// Why such an address is not asked for.
pub(super) const LOCAL: &str = "it leads into this machine's own network, where readers cannot follow";

/// Finds the addresses of hosts, and of those only what everybody can reach.
#[derive(Debug)]
pub(super) struct Guard {
    inner: DefaultResolver,
    is_open: bool,
}

impl Guard {
    /// One that lets everything through where it is `is_open`.
    pub(super) fn new(is_open: bool) -> Self {
        Self { inner: DefaultResolver::default(), is_open }
    }
}

impl Resolver for Guard {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        // A proxy of one's own network is no link of anybody's.
        let is_proxy = config.proxy().is_some_and(|proxy| uri.host() == Some(proxy.host()));
        if self.is_open || is_proxy {
            return Ok(found);
        }
        let mut public = self.empty();
        found.iter().filter(|address| is_public(address.ip())).for_each(|address| public.push(*address));
        if public.is_empty() { Err(ureq::Error::Io(io::Error::from(io::ErrorKind::PermissionDenied))) } else { Ok(public) }
    }
}

/// Whether an address names this machine or its network by itself, whoever looks it up.
pub(super) fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => !is_public(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => !is_public(IpAddr::V6(ip)),
        Some(Host::Domain(name)) => {
            let last = name.trim_end_matches('.').rsplit('.').next().unwrap_or(name);
            matches!(last, "localhost" | "local" | "internal")
        }
        None => true,
    }
}

/// Whether everybody can reach an address (the special registries of IANA for IPv4 and IPv6).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_for_protocols = a == 192 && b == 0 && c == 0;
    let is_for_benchmarks = a == 198 && (b == 18 || b == 19);
    let is_special = a == 0 || a >= 240 || is_shared || is_for_protocols || is_for_benchmarks;
    !(is_special || ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast() || ip.is_documentation())
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, _, _, _, _, g, h] = ip.segments();
    let inner = || Ipv4Addr::from((u32::from(g) << 16) | u32::from(h));
    if let Some(mapped) = ip.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    // Networks without IPv4 reach it by these.
    if a == 0x64 && b == 0xff9b {
        return is_public_v4(inner());
    }
    let is_documentation = a == 0x2001 && b == 0xdb8;
    // What is given out to the world begins with 001.
    (a & 0xe000) == 0x2000 && !is_documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_network_is_known() {
        for (address, wanted) in [
            ("http://127.0.0.1:8080/", true),
            ("http://2130706433/", true),
            ("http://0x7f.1/", true),
            ("http://10.1.2.3/", true),
            ("http://172.20.0.1/", true),
            ("http://192.168.0.1/", true),
            ("http://169.254.169.254/latest/meta-data/", true),
            ("http://100.64.0.1/", true),
            ("http://0.0.0.0/", true),
            ("http://[::1]/", true),
            ("http://[::]/", true),
            ("http://[fe80::1]/", true),
            ("http://[fd00::1]/", true),
            ("http://[::ffff:10.0.0.1]/", true),
            ("http://[64:ff9b::a00:1]/", true),
            ("http://localhost:3000/", true),
            ("http://shop.localhost/", true),
            ("http://printer.local./", true),
            ("http://metadata.google.internal/", true),
            ("http://93.184.216.34/", false),
            ("http://[2606:2800:220:1:248:1893:25c8:1946]/", false),
            ("http://[64:ff9b::5db8:d822]/", false),
            ("http://example.com/", false),
            ("http://localhost.example/", false),
        ] {
            assert_eq!(is_local(&Url::parse(address).expect("an address")), wanted, "{address}");
        }
    }

    #[test]
    fn a_name_that_leads_there_is_not_followed() {
        let config = ureq::Agent::config_builder().proxy(None).build();
        let resolve = |is_open: bool| {
            let timeout = NextTimeout {
                after: ureq::unversioned::transport::time::Duration::NotHappening,
                reason: ureq::Timeout::Global,
                ..NextTimeout::default()
            };
            Guard::new(is_open).resolve(&Uri::from_static("http://localhost:80/"), &config, timeout)
        };
        assert!(matches!(resolve(false), Err(ureq::Error::Io(error)) if error.kind() == io::ErrorKind::PermissionDenied));
        assert!(resolve(true).is_ok_and(|found| !found.is_empty()));
    }
}
