//! The counts that a rule declares for itself.

use super::{
    form::{Reader, is_name},
    reading::span_in,
    variable::is_taken,
};
use crate::{By, Count, How, Step, Tally};
use serde::Deserialize;
use std::collections::BTreeMap;
use terms::Span;
use toml::Spanned;

/// The most counts that one rule declares.
pub const COUNTS_MAX: usize = 8;
/// The longest span.
pub const SPAN_MAX: Span = Span::days(90);
/// So many attempts are read for one count; beyond that the answer is "at least".
pub const ROWS_MAX: u32 = 500;
const SPAN_MIN: Span = Span::seconds(1);
const TALLIES: [&str; 4] = ["attempts", "yen", "since_first", "since_last"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountForm {
    step: Spanned<String>,
    how: Option<Spanned<String>>,
    by: Spanned<String>,
    same: Option<Spanned<String>>,
    distinct: Option<Spanned<String>>,
    tally: Option<Spanned<String>>,
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
        let name = reader.take(&span, own_name(name.get_ref(), reader.is_new));
        if let (count, Some(name)) = (count_in(form.get_ref(), reader), name) {
            // A count that could not be read is said already; its name is known all the same.
            let unread = Count::of(Step::TopUp.alone(), By::Customer, SPAN_MIN);
            counts.insert(name, count.unwrap_or(unread));
        }
    }
    counts
}

fn own_name(name: &str, is_new: bool) -> Result<String, String> {
    if !is_name(name) {
        return Err("a name has 2 to 40 of a-z, 0-9 and `_`, a letter first".to_owned());
    }
    if is_new && is_taken(name) {
        return Err(format!("`{name}` means something already; choose another name"));
    }
    Ok(name.to_owned())
}

fn count_in(form: &CountForm, reader: &mut Reader<'_>) -> Option<Count> {
    let step = word_in(&form.step, "a step", Step::ALL, Step::as_str, reader);
    let by = word_in(&form.by, "something to count by", By::ALL, By::as_str, reader);
    let how = maybe(&form.how, |word| {
        word_in(word, "a way to go", &[How::Any, How::Taken, How::Refused], how_word, reader)
    });
    let same =
        maybe(&form.same, |word| word_in(word, "something to have in common", By::ALL, By::as_str, reader));
    let distinct =
        maybe(&form.distinct, |word| word_in(word, "something to tell apart", By::ALL, By::as_str, reader));
    let tally = maybe(&form.tally, |word| word_in(word, "something to tally", &TALLIES, |word| word, reader));
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    let span = span_in(form.span.get_ref(), &units).filter(|span| (SPAN_MIN..=SPAN_MAX).contains(span));
    let what = "a span is a whole number and `s`, `m`, `h` or `d`, such as \"24h\"; at most \"90d\"";
    let span = reader.take(&form.span.span(), span.ok_or(what));
    let mut count = Count::of(step?.alone(), by?, span?).rows(ROWS_MAX);
    count.how = how?.unwrap_or(How::Any);
    count.same = same?;
    count = match (distinct?, tally?) {
        (None, None | Some("attempts")) => count,
        (Some(of), None) => count.distinct(of),
        (None, Some("yen")) => count.yen(),
        (None, Some("since_first")) => count.since_first(),
        (None, Some(_)) => count.since_last(),
        (Some(_), Some(_)) => {
            let at = form.tally.as_ref().map_or(0, |word| word.span().start);
            reader.wrong(at, "either `distinct` or `tally`, not both");
            return None;
        }
    };
    check(form, &count, reader).then_some(count)
}

/// Nothing, or what was read; nothing at all where it could not be.
#[allow(clippy::option_option, reason = "what is not written is no mistake")]
fn maybe<T>(
    word: &Option<Spanned<String>>,
    read: impl FnOnce(&Spanned<String>) -> Option<T>,
) -> Option<Option<T>> {
    word.as_ref().map_or(Some(None), |word| read(word).map(Some))
}

const fn how_word(how: How) -> &'static str {
    match how {
        How::Any => "any",
        How::Taken => "taken",
        How::Refused | How::RefusedFor(_) => "refused",
    }
}

/// What makes no sense, or has no order in the store and would read everybody's attempts.
fn check(form: &CountForm, count: &Count, reader: &mut Reader<'_>) -> bool {
    if let (Tally::Distinct(of), Some(word)) = (count.tally, &form.distinct)
        && of == count.by
    {
        reader.wrong(word.span().start, format!("counted by {} there is only one of these", of.as_str()));
        return false;
    }
    if count.is_in_order() {
        return true;
    }
    let timed = matches!(count.tally, Tally::SinceFirst | Tally::SinceLast);
    if timed && count.how == How::Any {
        let at = form.tally.as_ref().map_or(0, |word| word.span().start);
        reader.wrong(at, "how long ago is told of attempts that were taken, or refused: add `how`");
    } else {
        let doors: Vec<&str> = Step::ALL.iter().filter(|s| s.is_door()).map(|s| s.as_str()).collect();
        let what = format!(
            "by {} only these steps are counted: {}; by customer, bank_account, payee and as_payee all are",
            count.by.as_str(),
            doors.join(", ")
        );
        reader.wrong(form.by.span().start, what);
    }
    false
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
