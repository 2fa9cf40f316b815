//! The check sum at the end of a merchant-presented code.

/// CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF, no reflection, no final XOR) over bytes.
///
/// EMVCo's merchant-presented specification takes it over the UTF-8 bytes of the whole payload, including the
/// `6304` that announces the check sum itself.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn gives_the_published_check_value() {
        assert_eq!(super::checksum(b"123456789"), 0x29B1);
        assert_eq!(super::checksum(b""), 0xFFFF);
    }
}
