//! The few shapes of CBOR (RFC 8949) that a passkey writes, in the order that CTAP2 calls canonical.

/// Bytes being written. The caller writes map entries in canonical order.
#[derive(Default)]
pub(crate) struct Cbor(Vec<u8>);

/// Major types of RFC 8949 §3.1, already in the upper three bits.
const UNSIGNED: u8 = 0 << 5;
const NEGATIVE: u8 = 1 << 5;
const BYTES: u8 = 2 << 5;
const TEXT: u8 = 3 << 5;
const MAP: u8 = 5 << 5;

impl Cbor {
    /// Begins a map of `entries` pairs, to be written next.
    pub(crate) fn map(mut self, entries: u16) -> Self {
        self.head(MAP, entries);
        self
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        self.head(TEXT, length(text.as_bytes()));
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.head(BYTES, length(bytes));
        self.0.extend_from_slice(bytes);
        self
    }

    /// A small integer; a negative one is written as -1 - n (RFC 8949 §3.1, major type 1).
    pub(crate) fn integer(mut self, value: i16) -> Self {
        match u16::try_from(value) {
            Ok(value) => self.head(UNSIGNED, value),
            Err(_) => self.head(NEGATIVE, (-1 - value).unsigned_abs()),
        }
        self
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    /// The shortest form of a type with its argument (RFC 8949 §4.2.1).
    fn head(&mut self, major: u8, argument: u16) {
        let [high, low] = argument.to_be_bytes();
        match argument {
            0..=23 => self.0.push(major | low),
            24..=0xff => self.0.extend([major | 24, low]),
            0x100.. => self.0.extend([major | 25, high, low]),
        }
    }
}

fn length(bytes: &[u8]) -> u16 {
    let Ok(length) = u16::try_from(bytes.len()) else { panic!("bug: a passkey writes nothing of 64 KiB") };
    length
}

#[cfg(test)]
mod tests {
    use super::Cbor;

    #[test]
    fn examples_of_the_standard() {
        // RFC 8949, appendix A.
        let cases: [(Vec<u8>, &[u8]); 12] = [
            (Cbor::default().integer(0).finish(), &[0x00]),
            (Cbor::default().integer(23).finish(), &[0x17]),
            (Cbor::default().integer(24).finish(), &[0x18, 0x18]),
            (Cbor::default().integer(100).finish(), &[0x18, 0x64]),
            (Cbor::default().integer(1000).finish(), &[0x19, 0x03, 0xe8]),
            (Cbor::default().integer(-1).finish(), &[0x20]),
            (Cbor::default().integer(-10).finish(), &[0x29]),
            (Cbor::default().integer(-100).finish(), &[0x38, 0x63]),
            (Cbor::default().integer(-1000).finish(), &[0x39, 0x03, 0xe7]),
            (Cbor::default().bytes(&[1, 2, 3, 4]).finish(), &[0x44, 1, 2, 3, 4]),
            (Cbor::default().text("IETF").finish(), b"\x64IETF"),
            (
                Cbor::default().map(2).integer(1).integer(2).integer(3).integer(4).finish(),
                &[0xa2, 0x01, 0x02, 0x03, 0x04],
            ),
        ];
        for (found, expected) in cases {
            assert_eq!(found, expected);
        }
    }
}
