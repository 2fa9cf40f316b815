//! Addresses as they are counted: what one household or server is given, and what a provider gives to many.

use core::net::{IpAddr, Ipv6Addr};

/// An IPv4 address, or the /64 of an IPv6 address: whoever has one can change the rest at will.
/// An IPv4 address that is written as IPv6 (RFC 4291, 2.5.5.2) is IPv4.
pub fn address_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// The network around an address as [`address_of`] writes it: the /24 of an IPv4 address, or the /48 of an IPv6 one,
/// which is what a hoster or a company has many /64 of. Nothing for other text.
pub fn network_around(address: &str) -> Option<String> {
    let address = address.split_once('/').map_or(address, |(address, _)| address);
    Some(match address.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_counted_by_household_and_by_network() {
        for (shown, address, network) in [
            ("203.0.113.7", "203.0.113.7", "203.0.113.0/24"),
            ("203.0.113.255", "203.0.113.255", "203.0.113.0/24"),
            ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
            ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64", "2001:db8:1::/48"),
            ("2001:db8:1:ffff::1", "2001:db8:1:ffff::/64", "2001:db8:1::/48"),
            ("2001:db8:2:2::1", "2001:db8:2:2::/64", "2001:db8:2::/48"),
            ("::1", "::/64", "::/48"),
        ] {
            let found = address_of(shown.parse().expect("an address"));
            assert_eq!(found, address, "{shown}");
            assert_eq!(network_around(&found).as_deref(), Some(network), "{shown}");
        }
        for text in ["", "unknown", "203.0.113", "🦊"] {
            assert_eq!(network_around(text), None, "{text}");
        }
    }
}
