//! Which addresses are out in the public internet: a webhook must not reach into the operator's own network.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Finds the addresses of a name, and keeps only those that a webhook may go to.
///
/// The check stands here, where the connection takes its address from, so that a name cannot be harmless when it is
/// looked at and harmful when it is used.
pub(crate) struct PublicOnly {
    pub(crate) loopback_allowed: bool,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let loopback_allowed = self.loopback_allowed;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|address| may_be_reached(address.ip(), loopback_allowed)).collect();
            if allowed.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether a webhook may go to this address.
pub(crate) fn may_be_reached(address: IpAddr, loopback_allowed: bool) -> bool {
    match address.to_canonical() {
        address if address.is_loopback() => loopback_allowed,
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// The special-purpose registry of IPv4 (RFC 6890), and what is not a single machine.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = a == 0
        || address.is_private()
        || address.is_link_local()
        || address.is_documentation()
        || a == 100 && (64..128).contains(&b) // shared by carriers, RFC 6598
        || (a, b, c) == (192, 0, 0) // protocol assignments
        || a == 198 && (18..20).contains(&b) // benchmarks, RFC 2544
        || a >= 224; // multicast, reserved, broadcast
    !special
}

/// Global unicast is 2000::/3; of it, documentation and what wraps an IPv4 address are left out (RFC 6890).
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let wraps_v4 = a == 0x2002 || a == 0x2001 && b == 0;
    let documentation = a == 0x2001 && b == 0x0db8 || a == 0x3fff && b < 0x1000;
    a & 0xe000 == 0x2000 && !wraps_v4 && !documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_reached() {
        for (text, reached) in [
            ("8.8.8.8", true),
            ("203.0.112.1", true),
            ("2606:4700::1111", true),
            ("0.0.0.0", false),
            ("10.0.0.1", false),
            ("100.64.0.1", false),
            ("100.128.0.1", true),
            ("127.0.0.1", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("172.32.0.1", true),
            ("192.0.0.8", false),
            ("192.168.1.1", false),
            ("198.18.0.1", false),
            ("203.0.113.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::a00:1", false),
            ("fc00::1", false),
            ("fe80::1", false),
            ("ff02::1", false),
            ("2001:db8::1", false),
            ("2002:a00:1::1", false),
        ] {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(may_be_reached(address, false), reached, "{text}");
        }
        for text in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert!(may_be_reached(text.parse().unwrap(), true), "{text}");
        }
        assert!(!may_be_reached("10.0.0.1".parse().unwrap(), true), "loopback is not the operator's network");
    }

    #[tokio::test]
    async fn a_name_is_judged_where_its_address_is_taken() {
        for (loopback_allowed, found) in [(true, true), (false, false)] {
            let name: Name = "localhost".parse().unwrap();
            let resolved = PublicOnly { loopback_allowed }.resolve(name).await;
            assert_eq!(resolved.is_ok_and(|addresses| addresses.count() > 0), found, "{loopback_allowed}");
        }
    }
}
