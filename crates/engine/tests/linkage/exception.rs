//! An exception covers one file, the refusals that it names, until its last day, by a person with a reason.

use crate::{KOZA_2020, assessed};
use engine::linkage::{ExceptionWrong, LinkageException, end_of_day_s};

const SIGNED: i64 = 1_790_000_000; // 2026-09-21
const SHA: &str = "00ff";

fn exception(text: &str) -> LinkageException {
    LinkageException {
        linkage_sha256: SHA.to_owned(),
        refusals: assessed(text).refusals().into_iter().map(str::to_owned).collect(),
        person: "山田 花子".to_owned(),
        reason: "two banks move to one-time passwords in November".to_owned(),
        until: "2026-11-30".to_owned(),
        iat: SIGNED,
    }
}

#[test]
fn an_exception_is_narrow() {
    let assessment = assessed(KOZA_2020);
    let right = exception(KOZA_2020);
    let end = end_of_day_s("2026-11-30").unwrap();
    let with = |change: fn(&mut LinkageException)| {
        let mut exception = right.clone();
        change(&mut exception);
        exception
    };
    assert_eq!(right.covers(&assessment, SHA, SIGNED), Ok(()));
    assert_eq!(right.covers(&assessment, SHA, end - 1), Ok(()));
    for (exception, sha, now_s, expected) in [
        (right.clone(), "00fe", SIGNED, ExceptionWrong::OtherLinkage),
        (with(|e| e.person = " ".to_owned()), SHA, SIGNED, ExceptionWrong::Nobody),
        (with(|e| e.reason = String::new()), SHA, SIGNED, ExceptionWrong::Nobody),
        (
            with(|e| e.until = "2026-11-31".to_owned()),
            SHA,
            SIGNED,
            ExceptionWrong::NoDay("2026-11-31".to_owned()),
        ),
        (right.clone(), SHA, SIGNED - 1, ExceptionWrong::TooEarly),
        (right.clone(), SHA, end, ExceptionWrong::Over("2026-11-30".to_owned())),
        (
            with(|e| e.until = "2027-09-30".to_owned()),
            SHA,
            SIGNED,
            ExceptionWrong::TooLong("2027-09-30".to_owned()),
        ),
        (
            with(|e| _ = e.refusals.remove(0)),
            SHA,
            SIGNED,
            ExceptionWrong::NotNamed("calendar_limits".to_owned()),
        ),
    ] {
        assert_eq!(exception.covers(&assessment, sha, now_s), Err(expected));
    }
}

#[test]
fn days_end_where_they_end() {
    for (day, expected) in [
        ("1970-01-01", Some(86_400)),
        ("2000-02-29", Some(951_868_800)),
        ("2026-12-31", Some(1_798_761_600)),
        ("2100-02-29", None),
        ("2026-1-1", None),
        ("", None),
    ] {
        assert_eq!(end_of_day_s(day), expected, "{day}");
    }
}
