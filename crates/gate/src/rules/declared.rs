//! The counts that a rule declares for itself.

use super::{
    form::{Reader, is_name},
    reading::span_in,
    variable::is_taken,
};
use crate::{By, Count, Step};
use serde::Deserialize;
use std::collections::BTreeMap;
use terms::Span;
use toml::Spanned;

/// The most counts that one rule declares.
pub const COUNTS_MAX: usize = 8;
/// The longest span.
pub const SPAN_MAX: Span = Span::days(90);
/// The longest span where all of one bank's attempts are counted: there are many.
pub const BANK_SPAN_MAX: Span = Span::hours(1);
const SPAN_MIN: Span = Span::seconds(1);
const AXES: [By; 6] = [By::Customer, By::Device, By::Address, By::Bank, By::BankAccount, By::Holder];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountForm {
    step: Spanned<String>,
    how: Option<Spanned<String>>,
    by: Spanned<String>,
    distinct: Option<Spanned<String>>,
    span: Spanned<String>,
}

/// Reads what is declared; whatever is wrong goes to the reader.
pub(super) fn declared(
    forms: BTreeMap<Spanned<String>, Spanned<CountForm>>,
    reader: &mut Reader<'_>,
) -> BTreeMap<String, Count> {
    let mut counts = BTreeMap::new();
    for (place, (name, form)) in forms.into_iter().enumerate() {
        if place >= COUNTS_MAX {
            reader.wrong(name.span().start, format!("too many counts; allowed are {COUNTS_MAX} per rule"));
            break;
        }
        let span = name.span();
        let name = reader.take(&span, own_name(name.get_ref()));
        if let (count, Some(name)) = (count_in(form.get_ref(), reader), name) {
            // A count that could not be read is said already; its name is known all the same.
            let unread =
                Count { step: Step::TopUp, refused: None, by: By::Customer, distinct: None, span: SPAN_MIN };
            counts.insert(name, count.unwrap_or(unread));
        }
    }
    counts
}

fn own_name(name: &str) -> Result<String, String> {
    if !is_name(name) {
        return Err("a name has 2 to 40 of a-z, 0-9 and `_`, a letter first".to_owned());
    }
    if is_taken(name) {
        return Err(format!("`{name}` means something already; choose another name"));
    }
    Ok(name.to_owned())
}

fn count_in(form: &CountForm, reader: &mut Reader<'_>) -> Option<Count> {
    let step = word_in(&form.step, "a step", Step::ALL, Step::as_str, reader);
    let by = word_in(&form.by, "something to count by", &AXES, By::as_str, reader);
    let how = match &form.how {
        None => Some(None),
        Some(how) => {
            let allowed = [None, Some(false), Some(true)];
            word_in(
                how,
                "a way to go",
                &allowed,
                |how| match how {
                    None => "any",
                    Some(false) => "taken",
                    Some(true) => "refused",
                },
                reader,
            )
        }
    };
    let distinct = match &form.distinct {
        None => Some(None),
        Some(word) => word_in(word, "something to tell apart", &AXES, By::as_str, reader).map(Some),
    };
    let span =
        span_in(form.span.get_ref(), &[("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)]);
    let most = if by == Some(By::Bank) { BANK_SPAN_MAX } else { SPAN_MAX };
    let span = span.filter(|span| (SPAN_MIN..=most).contains(span)).ok_or_else(|| {
        let hours = most.as_millis() / 3_600_000;
        format!("a span is a whole number and `s`, `m`, `h` or `d`, such as \"24h\"; here at most {hours}h")
    });
    let span = reader.take(&form.span.span(), span);
    let (by, distinct) = (by?, distinct?);
    if distinct == Some(by) {
        let at = form.distinct.as_ref().map_or(0, |word| word.span().start);
        reader.wrong(at, format!("counted by {} there is only one of these", by.as_str()));
        return None;
    }
    Some(Count { step: step?, refused: how?, by, distinct, span: span? })
}

fn word_in<T: Copy>(
    word: &Spanned<String>,
    whose: &str,
    all: &[T],
    shown: fn(T) -> &'static str,
    reader: &mut Reader<'_>,
) -> Option<T> {
    let found = all.iter().copied().find(|one| shown(*one) == word.get_ref());
    if found.is_none() {
        let allowed: Vec<&str> = all.iter().map(|one| shown(*one)).collect();
        let what = format!("`{}` is not {whose}; allowed are {}", word.get_ref(), allowed.join(", "));
        reader.wrong(word.span().start, what);
    }
    found
}
