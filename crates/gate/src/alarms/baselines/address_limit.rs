//! Per-address limit: twenty failures from one address within an hour.
//!
//! Blind to a guesser who has many addresses.

use super::{MOST_KEYS, Watcher};
use crate::Sighting;
use std::collections::BTreeMap;
use terms::{Span, Time};

const FAILURES: u32 = 20;
const WITHIN: Span = Span::hours(1);

/// Rings at the twentieth failure of an address within an hour of its first.
#[derive(Debug, Clone, Default)]
pub struct AddressLimit {
    addresses: BTreeMap<String, (Time, u32)>,
}

impl Watcher for AddressLimit {
    fn see(&mut self, sighting: &Sighting) -> bool {
        let Some(address) = sighting.address.as_ref().filter(|_| !sighting.worked) else { return false };
        if self.addresses.len() >= MOST_KEYS && !self.addresses.contains_key(address) {
            self.addresses.pop_first();
        }
        let (since, failures) = self.addresses.entry(address.clone()).or_insert((sighting.at, 0));
        if sighting.at.since(*since) > WITHIN {
            (*since, *failures) = (sighting.at, 0);
        }
        *failures += 1;
        *failures == FAILURES
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarms::sample::failure;

    #[test]
    fn it_sees_only_who_comes_again_from_one_address() {
        let from = |number: u64, address: u64, minute: i64| Sighting {
            address: Some(address.to_string()),
            at: Time::from_millis(0).plus(Span::minutes(minute)),
            ..failure(number, number)
        };
        let cases: [(Vec<Sighting>, usize); 3] = [
            ((0..25).map(|place| from(place, 1, place as i64)).collect(), 1),
            ((0..25).map(|place| from(place, 1, place as i64 * 30)).collect(), 0),
            ((0..1_000).map(|place| from(place, place, 0)).collect(), 0),
        ];
        for (sightings, rings) in cases {
            let mut watcher = AddressLimit::default();
            assert_eq!(sightings.iter().filter(|sighting| watcher.see(sighting)).count(), rings);
        }
    }
}
