//! The merchant-presented code, case by case: what is read, what is written, what is refused and where.

#![allow(clippy::unwrap_used)]

use jpqr::{MerchantCode, Method, StoreCode, checksum};

const TAXI: &str = "00020101021126680019jp.or.paymentsjapan01130000000000001020400010306000001040600000152044121\
53033925802JP5909TEST TAXI6005TOKYO6107106003264170002JA0107テストタクシー63041FED";

fn taxi() -> MerchantCode {
    MerchantCode {
        method: Method::Static,
        store: StoreCode {
            level_1: "0000000000001".parse().unwrap(),
            level_2: "0001".parse().unwrap(),
            level_3: "000001".parse().unwrap(),
            level_4: "000001".parse().unwrap(),
        },
        mcc: "4121".parse().unwrap(),
        amount: None,
        name: "TEST TAXI".into(),
        city: "TOKYO".into(),
        postal: Some("1060032".into()),
        reference: None,
        local_name: Some("テストタクシー".into()),
    }
}

/// Appends tag, length and a check sum that fits.
fn seal(body: &str) -> String {
    let covered = format!("{body}6304");
    let sum = checksum(covered.as_bytes());
    format!("{covered}{sum:04X}")
}

/// One field.
fn field(tag: &str, value: &str) -> String {
    format!("{tag}{:02}{value}", value.chars().count())
}

/// The fields of the taxi's code, so that a case can replace, drop or add one.
fn fields() -> Vec<(&'static str, String)> {
    let store = "0019jp.or.paymentsjapan011300000000000010204000103060000010406000001";
    [
        ("00", "01"),
        ("01", "11"),
        ("26", store),
        ("52", "4121"),
        ("53", "392"),
        ("58", "JP"),
        ("59", "TEST TAXI"),
        ("60", "TOKYO"),
        ("61", "1060032"),
        ("64", "0002JA0107テストタクシー"),
    ]
    .map(|(tag, value)| (tag, value.to_owned()))
    .to_vec()
}

fn join(fields: &[(&str, String)]) -> String {
    seal(&fields.iter().map(|(tag, value)| field(tag, value)).collect::<String>())
}

#[test]
fn reads_and_writes_the_known_code() {
    assert_eq!(MerchantCode::read(TAXI), Ok(taxi()));
    assert_eq!(taxi().write().as_deref(), Ok(TAXI));
    assert_eq!(join(&fields()), TAXI, "the cases below start from the same code");
}

/// The check sum runs over UTF-8 bytes, while lengths count characters: EMVCo's own example shows both.
#[test]
fn agrees_with_the_example_of_the_specification() {
    let example = "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN\
5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME\
91320016A0112233449988770708123456786304A13A";
    let (covered, sum) = example.split_at(example.len() - 4);
    assert_eq!(format!("{:04X}", checksum(covered.as_bytes())), sum);
    // It is a sound EMVCo code, but of another country and scheme, and with a tip.
    let refusal = MerchantCode::read(example).unwrap_err().to_string();
    assert!(refusal.contains("55 (tip indicator)"), "{refusal}");
}

#[test]
fn reads_fields_in_any_order() {
    let mut turned = fields();
    turned[1..].reverse();
    assert_eq!(MerchantCode::read(&join(&turned)), Ok(taxi()));
}

#[test]
fn writes_an_order() {
    let order = MerchantCode {
        method: Method::Dynamic,
        amount: Some(1_200),
        reference: Some("0192F0C1-ORDER".into()),
        ..taxi()
    };
    let text = order.write().unwrap();
    assert!(text.contains("010212") && text.contains("54041200") && text.contains("621805140192F0C1-ORDER"));
    assert_eq!(MerchantCode::read(&text), Ok(order));
}

/// Each line: the field to replace (or to add), its value, and what the reader makes of it.
#[test]
fn judges_each_field() {
    let store = |codes: &str| format!("0019jp.or.paymentsjapan{codes}");
    let cases: &[(&str, String, Result<(), &str>)] = &[
        ("00", "02".into(), Err("at character 4: field 00 (payload format) has a wrong value; allowed: 01")),
        (
            "01",
            "13".into(),
            Err("field 01 (point of initiation) has a wrong value; allowed: 11 (static) or 12 (dynamic)"),
        ),
        (
            "26",
            "0009jp.or.pay0113".into(),
            Err("at character 33: a field says length 13, but only 0 are left"),
        ),
        (
            "26",
            "0009jp.or.pay".into(),
            Err("at character 20: field 26.00 (scheme) has a wrong value; allowed: jp.or.paymentsjapan"),
        ),
        (
            "26",
            store("0113000000000000102040001030600000104060000x1"),
            Err("26.04 (store code, level 4) has a wrong value; allowed: exactly 6 digits"),
        ),
        (
            "26",
            store("01130000000000001020400010306000001"),
            Err("at character 16: field 26.04 (store code, level 4) is missing"),
        ),
        (
            "26",
            store("01130000000000001011300000000000010204000103060000010406000001"),
            Err("field 01 stands twice"),
        ),
        ("52", "412".into(), Err("52 (merchant category) has a wrong value; allowed: exactly 4 digits")),
        ("52", "４１２１".into(), Err("52 (merchant category)")),
        ("53", "840".into(), Err("53 (currency) has a wrong value; allowed: 392, the yen")),
        ("54", "1".into(), Ok(())),
        ("54", "9999999999999".into(), Ok(())),
        (
            "54",
            "0".into(),
            Err("54 (amount) has a wrong value; allowed: whole yen, 1 to 9999999999999, digits only"),
        ),
        ("54", "".into(), Err("54 (amount)")),
        ("54", "-5".into(), Err("54 (amount)")),
        ("54", "+5".into(), Err("54 (amount)")),
        ("54", "5.0".into(), Err("54 (amount)")),
        ("54", "10000000000000".into(), Err("54 (amount)")),
        ("55", "01".into(), Err("55 (tip indicator) may not be here: JPQR has no tips")),
        ("56", "500".into(), Err("56 (fixed fee)")),
        ("57", "5".into(), Err("57 (fee in percent)")),
        ("58", "CN".into(), Err("58 (country) has a wrong value; allowed: JP")),
        ("59", "".into(), Err("59 (merchant name)")),
        ("59", "A".repeat(26), Err("59 (merchant name) has a wrong value; allowed: 1 to 25 printable ASCII")),
        ("59", "タクシー".into(), Err("59 (merchant name)")),
        ("60", "A".repeat(15), Ok(())),
        ("60", "A".repeat(16), Err("60 (merchant city)")),
        ("61", "12345678901".into(), Err("61 (postal code)")),
        ("62", "0505ORDER".into(), Ok(())),
        ("62", "0102xx".into(), Ok(())),
        ("62", "0503***".into(), Err("62.05 (reference label)")),
        ("62", format!("0526{}", "A".repeat(26)), Err("62.05 (reference label)")),
        ("64", "0107テストタクシー".into(), Err("64.00 (language) is missing")),
        ("64", "0002JA".into(), Err("64.01 (name in that language) is missing")),
        ("64", "0003JPN0101A".into(), Err("64.00 (language)")),
        ("64", "0002JA0103A\u{202E}B".into(), Err("64.01 (name in that language)")),
        ("64", "0002JA0103A\nB".into(), Err("64.01 (name in that language)")),
        ("29", "0012D15600000000".into(), Ok(())),
        ("91", "anything at all".into(), Ok(())),
        ("63", "1FED".into(), Err("63 (check sum) may not be here: it stands once, at the very end")),
    ];
    for (tag, value, expected) in cases {
        let mut these = fields();
        match these.iter_mut().find(|(other, _)| other == tag) {
            Some((_, old)) => old.clone_from(value),
            None => these.push((tag, value.clone())),
        }
        match (MerchantCode::read(&join(&these)), expected) {
            (Ok(_), Ok(())) => {}
            (Err(mistake), Err(part)) => {
                assert!(mistake.to_string().contains(part), "{tag} {value:?}: {mistake}");
            }
            (result, _) => panic!("{tag} {value:?}: {result:?}"),
        }
    }
}

#[test]
fn misses_each_field_that_must_be_there() {
    let optional = ["01", "61", "64"];
    for (at, (tag, _)) in fields().iter().enumerate() {
        let mut these = fields();
        these.remove(at);
        let result = MerchantCode::read(&join(&these));
        if optional.contains(tag) {
            assert!(result.is_ok(), "{tag}: {result:?}");
        } else {
            let mistake = result.unwrap_err().to_string();
            assert!(
                mistake.contains(&format!("field {tag} (")) && mistake.contains("missing"),
                "{tag}: {mistake}"
            );
        }
    }
}

#[test]
fn passes_over_a_name_in_another_language() {
    let mut these = fields();
    these[9].1 = "0002ZH0104最佳运输".into();
    assert_eq!(MerchantCode::read(&join(&these)), Ok(MerchantCode { local_name: None, ..taxi() }));
}

/// Each line: a text as a whole, and what the reader says.
#[test]
fn refuses_what_is_no_code() {
    let lower = TAXI.replace("1FED", "1fed");
    let cases: &[(&str, &str)] = &[
        ("", "at character 0: the code has no check sum"),
        ("FED", "the code has no check sum"),
        ("6304", "the code has no check sum"),
        ("シー", "the code has no check sum"),
        ("https://example.org/pay?id=1", "the code has no check sum"),
        (&lower, "at character 159: the code has no check sum"),
        (&TAXI.replace("4121", "4122"), "at character 163: the check sum does not fit"),
        (&format!("{TAXI} "), "the code has no check sum"),
        (&seal(""), "field 00 (payload format), as the first, is missing"),
        (&seal("000201x"), "at character 6: a field should begin here"),
        (&seal("0002010"), "at character 6: a field should begin here"),
        (&seal("00020126"), "at character 6: a field should begin here"),
        (&seal("0002012699あ"), "at character 10: a field says length 99, but only 1 are left"),
        (&seal("000201000201"), "at character 6: field 00 stands twice"),
        (&"0".repeat(513), "the code is too long; allowed: at most 512 characters"),
        (&"あ".repeat(1_000_000), "the code is too long"),
    ];
    for (text, part) in cases {
        let mistake = MerchantCode::read(text).unwrap_err().to_string();
        assert!(mistake.contains(part), "{:?}: {mistake}", text.chars().take(60).collect::<String>());
    }
}

#[test]
fn writes_nothing_that_it_would_not_read() {
    let cases: [(MerchantCode, &str); 8] = [
        (MerchantCode { amount: Some(0), ..taxi() }, "54 (amount)"),
        (MerchantCode { amount: Some(10_000_000_000_000), ..taxi() }, "54 (amount)"),
        (MerchantCode { name: String::new(), ..taxi() }, "59 (merchant name)"),
        (MerchantCode { name: "喫茶".into(), ..taxi() }, "59 (merchant name)"),
        (MerchantCode { city: "A".repeat(16), ..taxi() }, "60 (merchant city)"),
        (MerchantCode { postal: Some("A".repeat(11)), ..taxi() }, "61 (postal code)"),
        (MerchantCode { reference: Some("***".into()), ..taxi() }, "62.05 (reference label)"),
        (MerchantCode { local_name: Some("喫".repeat(26)), ..taxi() }, "64.01"),
    ];
    for (code, part) in cases {
        let mistake = code.write().unwrap_err().to_string();
        assert!(mistake.contains(part), "{code:?}: {mistake}");
    }
    assert!("12345".parse::<jpqr::Digits<4>>().unwrap_err().to_string().contains("exactly 4 digits"));
}
