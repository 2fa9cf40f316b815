//! What holds for every code: it survives the way there and back, garbage is refused, damage is seen.

#![allow(clippy::unwrap_used)]

use base64::{Engine, engine::general_purpose::STANDARD};
use jpqr::{ConsumerCode, MerchantCode, Method, StoreCode, checksum};
use proptest::prelude::*;

fn merchant_code() -> impl Strategy<Value = MerchantCode> {
    let store = ("[0-9]{13}", "[0-9]{4}", "[0-9]{6}", "[0-9]{6}").prop_map(|(a, b, c, d)| StoreCode {
        level_1: a.parse().unwrap(),
        level_2: b.parse().unwrap(),
        level_3: c.parse().unwrap(),
        level_4: d.parse().unwrap(),
    });
    let method = prop_oneof![Just(Method::Static), Just(Method::Dynamic)];
    let amount = proptest::option::of(1..=9_999_999_999_999_u64);
    let reference = proptest::option::of("[ -~]{1,25}".prop_filter("*** asks for one", |text| text != "***"));
    (
        (method, store, "[0-9]{4}", amount),
        ("[ -~]{1,25}", "[ -~]{1,15}", proptest::option::of("[ -~]{1,10}")),
        (reference, proptest::option::of("[ぁ-んァ-ヶ一-龠ａ-ｚ𠮷 -~]{1,25}")),
    )
        .prop_map(|((method, store, mcc, amount), (name, city, postal), (reference, local_name))| {
            MerchantCode {
                method,
                store,
                mcc: mcc.parse().unwrap(),
                amount,
                name,
                city,
                postal,
                reference,
                local_name,
            }
        })
}

fn consumer_code() -> impl Strategy<Value = ConsumerCode> {
    ("[0-9]{8}", "[0-9]{1,32}")
        .prop_map(|(operator, payment_id)| ConsumerCode { operator: operator.parse().unwrap(), payment_id })
}

proptest! {
    #[test]
    fn merchant_code_there_and_back(code in merchant_code()) {
        let text = code.write().unwrap();
        prop_assert!(text.chars().count() <= 512);
        prop_assert_eq!(MerchantCode::read(&text), Ok(code));
    }

    #[test]
    fn consumer_code_there_and_back(code in consumer_code()) {
        prop_assert_eq!(ConsumerCode::read(&code.write().unwrap()), Ok(code));
    }

    /// A changed character spans at most 16 bits when only its low bits change: no such damage escapes the sum.
    #[test]
    fn one_changed_character_is_seen(code in merchant_code(), at in any::<prop::sample::Index>(), bits in 1_u32..16) {
        let mut characters: Vec<char> = code.write().unwrap().chars().collect();
        let at = at.index(characters.len());
        characters[at] = char::from_u32(characters[at] as u32 ^ bits).unwrap();
        prop_assert!(MerchantCode::read(&characters.iter().collect::<String>()).is_err());
    }

    #[test]
    fn garbage_is_refused(text in any::<String>(), shaped in "[0-9]{0,40}[ -~あ-ん]{0,40}") {
        for body in [text, shaped] {
            prop_assert!(MerchantCode::read(&body).is_err());
            prop_assert!(ConsumerCode::read(&body).is_err());
            // With a check sum that fits, it comes past the first door.
            let covered = format!("000201{body}6304");
            let sealed = format!("{covered}{:04X}", checksum(covered.as_bytes()));
            prop_assert!(MerchantCode::read(&sealed).is_err());
        }
    }

    /// Mutated content under a fitting sum: never a panic, and what is read can be written again.
    #[test]
    fn what_is_read_can_be_written(
        code in merchant_code(),
        from in any::<prop::sample::Index>(),
        with in "[0-9]{0,6}[ -~あ]{0,3}",
    ) {
        let text = code.write().unwrap();
        let mut characters: Vec<char> = text.chars().take(text.chars().count() - 8).collect();
        let from = from.index(characters.len());
        for (at, new) in with.chars().enumerate() {
            if let Some(old) = characters.get_mut(from + at) { *old = new; }
        }
        let covered = format!("{}6304", characters.iter().collect::<String>());
        let sealed = format!("{covered}{:04X}", checksum(covered.as_bytes()));
        if let Ok(read) = MerchantCode::read(&sealed) {
            prop_assert_eq!(MerchantCode::read(&read.write().unwrap()), Ok(read));
        }
    }

    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let mut framed = b"\x85\x05JPQR1\x61".to_vec();
        framed.extend(&bytes);
        for content in [bytes, framed] {
            if let Ok(read) = ConsumerCode::read(&STANDARD.encode(content)) {
                prop_assert_eq!(ConsumerCode::read(&read.write().unwrap()), Ok(read));
            }
        }
    }
}
