//! The consumer-presented code, case by case.

#![allow(clippy::unwrap_used)]

use base64::{Engine, engine::general_purpose::STANDARD};
use jpqr::ConsumerCode;

const KNOWN: &str = "hQVKUFFSMWEeTwg5MDAwMDAwMlcSOTAwMDAwMDIxMjM0NTY3ODkw";

fn known() -> ConsumerCode {
    ConsumerCode { operator: "90000002".parse().unwrap(), payment_id: "900000021234567890".into() }
}

#[test]
fn reads_and_writes_the_known_code() {
    assert_eq!(ConsumerCode::read(KNOWN), Ok(known()));
    assert_eq!(known().write().as_deref(), Ok(KNOWN));
}

#[test]
fn does_not_show_the_payment_id() {
    let shown = format!("{:?}", known());
    assert!(shown.contains("90000002") && !shown.contains("1234567890"), "{shown}");
}

/// Each line: the decoded bytes, and what the reader makes of them.
#[test]
fn judges_the_content() {
    let cases: &[(&[u8], Result<(), &str>)] = &[
        (b"\x85\x05JPQR1\x61\x0F\x4F\x0890000002\x57\x0312\x33", Ok(())),
        // The order is free, long lengths are legal, the free field and unknown long tags are passed over.
        (b"\x61\x81\x0F\x57\x0312\x33\x4F\x0890000002\x85\x05JPQR1", Ok(())),
        (b"\x85\x05JPQR1\x61\x17\x4F\x0890000002\x57\x0312\x33\x99\x01x\x5F\x20\x02AB", Ok(())),
        (b"", Err("at byte 0: field 85 (payload format) is missing")),
        (
            b"\x85\x05CPV01\x61\x00",
            Err("at byte 2: field 85 (payload format) has a wrong value; allowed: JPQR1"),
        ),
        (b"\x85\x05JPQR1", Err("field 61 (application template) is missing")),
        (b"\x85\x05JPQR1\x61\x00", Err("at byte 9: field 4F (operator) is missing")),
        (b"\x85\x05JPQR1\x61\x0A\x4F\x0890000002", Err("field 57 (payment id) is missing")),
        (
            b"\x85\x05JPQR1\x61\x0E\x4F\x079000000\x57\x0312\x33",
            Err("at byte 11: field 4F (operator) has a wrong value"),
        ),
        (
            b"\x85\x05JPQR1\x61\x0C\x4F\x0890000002\x57\x00",
            Err("57 (payment id) has a wrong value; allowed: 1 to 32 digits"),
        ),
        (b"\x85\x05JPQR1\x61\x0D\x4F\x0890000002\x57\x01\xFF", Err("57 (payment id)")),
        (b"\x85\x05JPQR1\x61\x7F", Err("at byte 9: a field says length 127, but only 0 are left")),
        (b"\x85", Err("at byte 0: a field should begin here")),
        (b"\x85\x82\x00\x05JPQR1", Err("at byte 0: a field should begin here")),
        (b"\x9F\xFF\xFF\xFF\x01", Err("at byte 0: a field should begin here")),
    ];
    for (bytes, expected) in cases {
        match (ConsumerCode::read(&STANDARD.encode(bytes)), expected) {
            (Ok(_), Ok(())) => {}
            (Err(mistake), Err(part)) => assert!(mistake.to_string().contains(part), "{bytes:?}: {mistake}"),
            (result, _) => panic!("{bytes:?}: {result:?}"),
        }
    }
}

#[test]
fn refuses_what_is_no_base64() {
    let cases: &[(&str, &str)] = &[
        ("!QVK", "at character 0: not Base64"),
        ("hQV決", "at character 3: not Base64"),
        ("hQVKU", "not Base64"),
        (&format!("{KNOWN}\n"), "at character 52: not Base64"),
        (&"A".repeat(513), "the code is too long; allowed: at most 512 characters"),
    ];
    for (text, part) in cases {
        let mistake = ConsumerCode::read(text).unwrap_err().to_string();
        assert!(mistake.contains(part), "{text:?}: {mistake}");
    }
}

#[test]
fn writes_nothing_that_it_would_not_read() {
    for id in ["", "12a", "１２", &"1".repeat(33)] {
        let mistake = ConsumerCode { payment_id: id.into(), ..known() }.write().unwrap_err().to_string();
        assert!(mistake.contains("57 (payment id)") && !mistake.contains("12a"), "{mistake}");
    }
}
