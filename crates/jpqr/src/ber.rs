//! The fields of a consumer-presented code: BER-TLV as in ISO/IEC 8825-1, tags of up to three bytes.

use crate::{Mistake, Wrong};

/// One field as it stands in the bytes.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) tag: u32,
    pub(crate) value: &'a [u8],
    /// Where the value begins, in bytes from the start of the whole content.
    pub(crate) at: usize,
}

/// Reads a whole level; `at` is where it begins. Every turn takes at least two bytes off the rest.
pub(crate) fn fields(bytes: &[u8], at: usize) -> Result<Vec<Field<'_>>, Mistake> {
    let mut fields = Vec::new();
    let mut rest = bytes;
    let mut here = at;
    while !rest.is_empty() {
        let (tag, length, header) = header(rest).ok_or(Mistake::at_byte(
            here,
            Wrong::NotAHeader { allowed: "a BER tag of 1 to 3 bytes and a length of 1 or 2 bytes" },
        ))?;
        here += header;
        let body = &rest[header..];
        if length > body.len() {
            return Err(Mistake::at_byte(here, Wrong::Truncated { length, left: body.len() }));
        }
        fields.push(Field { tag, value: &body[..length], at: here });
        here += length;
        rest = &body[length..];
    }
    Ok(fields)
}

/// Tag, length, and how many bytes the two take.
fn header(bytes: &[u8]) -> Option<(u32, usize, usize)> {
    let first = *bytes.first()?;
    let mut tag = u32::from(first);
    let mut at = 1;
    if first & 0x1F == 0x1F {
        // A long tag: more bytes follow while the top bit is set; EMV knows none longer than three.
        loop {
            let byte = *bytes.get(at)?;
            tag = tag << 8 | u32::from(byte);
            at += 1;
            if byte & 0x80 == 0 {
                break;
            }
            if at == 3 {
                return None;
            }
        }
    }
    match *bytes.get(at)? {
        short @ 0..=0x7F => Some((tag, usize::from(short), at + 1)),
        0x81 => Some((tag, usize::from(*bytes.get(at + 1)?), at + 2)),
        _ => None,
    }
}

/// Appends a field with a one-byte tag; every caller has bounded the value to at most 127 bytes.
pub(crate) fn push(bytes: &mut Vec<u8>, tag: u8, value: &[u8]) {
    debug_assert!(value.len() <= 0x7F, "field {tag:02X} with {} bytes", value.len());
    bytes.push(tag);
    bytes.push(value.len() as u8);
    bytes.extend_from_slice(value);
}
