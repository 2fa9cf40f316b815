//! The shape of a rule file, and everything that is checked in it.

use super::{
    book::Rule,
    day::midnight,
    declared::{CountForm, declared},
    mistake::Mistake,
    reading::read,
    variable::Names,
};
use crate::{Step, detectors};
use serde::Deserialize;
use std::{collections::BTreeMap, ops::Range};
use terms::{Span, Time};
use toml::{Spanned, value::Datetime};

/// The largest file, in bytes.
pub const FILE_BYTES_MAX: usize = 49_152;
/// The most rules in one file.
pub const RULES_MAX: usize = 50;
const WEIGHTS: std::ops::RangeInclusive<i64> = 0..=100;
const SENTENCE_LENGTH_MAX: usize = 200;
const VERSION_MAX: i64 = 1_000_000;
/// Nobody reads more at once.
const MISTAKES_MAX: usize = 20;

/// Steps at which the gate has evidence before it: there a rule can find something.
pub const STEPS: &[Step] = &[
    Step::SignUp,
    Step::Code,
    Step::Opening,
    Step::SignIn,
    Step::StepUp,
    Step::Federation,
    Step::Recovery,
    Step::AuthenticatorChange,
    Step::PayeeLookup,
    Step::ConsentBegun,
    Step::ConsentReturned,
    Step::TopUp,
    Step::Transfer,
    Step::QrPayment,
    Step::Refund,
    Step::Payout,
    Step::Closing,
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileForm {
    #[serde(default)]
    rule: Vec<Spanned<RuleForm>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleForm {
    code: Spanned<String>,
    version: Spanned<i64>,
    steps: Spanned<Vec<Spanned<String>>>,
    when: Spanned<String>,
    weight: Spanned<i64>,
    from: Option<Spanned<Datetime>>,
    until: Option<Spanned<Datetime>>,
    says_ja: Spanned<String>,
    says_en: Spanned<String>,
    #[serde(default)]
    counts: BTreeMap<Spanned<String>, Spanned<CountForm>>,
}

/// What was found wrong so far, and the text in which.
pub(super) struct Reader<'t> {
    text: &'t str,
    mistakes: Vec<Mistake>,
    /// Names that mean something already are refused in what is new. In what was taken before they came to mean
    /// something, the file's own meaning stands.
    pub(super) is_new: bool,
}

impl Reader<'_> {
    pub(super) fn wrong(&mut self, at: usize, what: impl Into<String>) {
        self.mistakes.push(Mistake::at(self.text, at, what));
    }

    /// The value, or a mistake at its place.
    pub(super) fn take<T>(&mut self, at: &Range<usize>, read: Result<T, impl Into<String>>) -> Option<T> {
        read.map_err(|what| self.wrong(at.start, what)).ok()
    }
}

/// Reads a file; all that is wrong with it, by place, at most 20.
pub(super) fn rules_in(text: &str, is_new: bool) -> Result<Vec<Rule>, Vec<Mistake>> {
    let mut reader = Reader { text, mistakes: Vec::new(), is_new };
    if text.len() > FILE_BYTES_MAX {
        reader.wrong(FILE_BYTES_MAX, format!("the file is too large; allowed are {FILE_BYTES_MAX} bytes"));
        return Err(reader.mistakes);
    }
    let file: FileForm = match toml::from_str(text) {
        Ok(file) => file,
        Err(wrong) => {
            reader.wrong(
                wrong.span().map_or(0, |span| span.start),
                wrong.message().replace("i64", "a whole number"),
            );
            return Err(reader.mistakes);
        }
    };
    if file.rule.is_empty() {
        reader.wrong(0, "no rule is in it; each begins with [[rule]]");
    }
    if file.rule.len() > RULES_MAX {
        let at = file.rule.get(RULES_MAX).map_or(0, |rule| rule.span().start);
        reader.wrong(at, format!("{} rules; allowed are {RULES_MAX}", file.rule.len()));
    }
    let mut rules: Vec<Rule> = Vec::new();
    for form in file.rule.into_iter().take(RULES_MAX) {
        let form = form.into_inner();
        if rules.iter().any(|rule| rule.code == *form.code.get_ref()) {
            let what = format!("`{}` stands in this file already", form.code.get_ref());
            reader.wrong(form.code.span().start, what);
        } else if let Some(rule) = rule_in(form, &mut reader) {
            rules.push(rule);
        }
    }
    if reader.mistakes.is_empty() {
        return Ok(rules);
    }
    reader.mistakes.sort();
    reader.mistakes.truncate(MISTAKES_MAX);
    Err(reader.mistakes)
}

fn rule_in(form: RuleForm, reader: &mut Reader<'_>) -> Option<Rule> {
    let code = reader.take(&form.code.span(), code(form.code.get_ref(), reader.is_new));
    let version = in_range(&form.version, 1..=VERSION_MAX, "a version", reader);
    let weight = in_range(&form.weight, WEIGHTS, "a weight", reader);
    let steps = steps(&form.steps, reader);
    let (from, until) = times(&form, reader);
    let says_ja = reader.take(&form.says_ja.span(), sentence(form.says_ja.get_ref()));
    let says_en = reader.take(&form.says_en.span(), sentence(form.says_en.get_ref()));
    let counts = declared(form.counts, reader);
    let when = read(form.when.get_ref(), &Names { counts: &counts });
    let when = when.map_err(|wrong| {
        let at = place_in(reader.text, &form.when, wrong.at);
        reader.wrong(at, wrong.what);
    });
    Some(Rule {
        code: code?,
        version: u32::try_from(version?).ok()?,
        steps: steps?,
        weight: u32::try_from(weight?).ok()?,
        from,
        until,
        says: (says_ja?, says_en?),
        when: when.ok()?,
        text: form.when.into_inner(),
    })
}

fn code(text: &str, is_new: bool) -> Result<String, String> {
    if !is_name(text) {
        return Err("a code has 2 to 40 of a-z, 0-9 and `_`, a letter first".to_owned());
    }
    if is_new && detectors::ALL.iter().any(|detector| detector.code == text) {
        return Err(format!("`{text}` is a detector's code"));
    }
    Ok(text.to_owned())
}

/// 2 to 40 of a–z, 0–9 and `_`, a letter first.
pub(super) fn is_name(text: &str) -> bool {
    (2..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn in_range(
    number: &Spanned<i64>,
    allowed: std::ops::RangeInclusive<i64>,
    whose: &str,
    reader: &mut Reader<'_>,
) -> Option<i64> {
    let found = *number.get_ref();
    if allowed.contains(&found) {
        return Some(found);
    }
    let what = format!("{whose} of {found}; allowed is {} to {}", allowed.start(), allowed.end());
    reader.wrong(number.span().start, what);
    None
}

fn steps(form: &Spanned<Vec<Spanned<String>>>, reader: &mut Reader<'_>) -> Option<Vec<Step>> {
    if form.get_ref().is_empty() {
        reader.wrong(form.span().start, "a rule names at least one step");
        return None;
    }
    let mut steps = Vec::new();
    for word in form.get_ref() {
        let found = STEPS.iter().find(|step| step.as_str() == word.get_ref());
        let allowed: Vec<&str> = STEPS.iter().map(|step| step.as_str()).collect();
        let what = format!(
            "`{}` is no step at which rules are asked; allowed are {}",
            word.get_ref(),
            allowed.join(", ")
        );
        let step = *reader.take(&word.span(), found.ok_or(what))?;
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    Some(steps)
}

/// From the begin of the first day to the end of the last one.
fn times(form: &RuleForm, reader: &mut Reader<'_>) -> (Option<Time>, Option<Time>) {
    let mut day = |date: &Option<Spanned<Datetime>>| {
        let date = date.as_ref()?;
        let what = "a day is expected, such as 2026-11-22, without a time";
        reader.take(&date.span(), midnight(date.get_ref()).ok_or(what))
    };
    let from = day(&form.from);
    let until = day(&form.until).map(|last| last.plus(Span::days(1)));
    if let (Some(begin), Some(end), Some(last)) = (from, until, &form.until)
        && end <= begin
    {
        reader
            .wrong(last.span().start, "the last day is before the first one; `until` is the last day itself");
    }
    (from, until)
}

fn sentence(text: &str) -> Result<String, String> {
    let text = text.trim();
    let length = text.chars().count();
    if (1..=SENTENCE_LENGTH_MAX).contains(&length) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(format!("a sentence for people is expected, 1 to {SENTENCE_LENGTH_MAX} characters on one line"))
}

/// Where a byte of a TOML text stands in the file. A text with escapes is pointed at as a whole.
fn place_in(file: &str, text: &Spanned<String>, byte: usize) -> usize {
    let span = text.span();
    let raw = file.get(span.clone()).unwrap_or_default();
    let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
    let inner = raw.get(quotes..).unwrap_or_default();
    // A line break just behind three quotes is no part of the text.
    let begins = match inner.as_bytes() {
        [b'\r', b'\n', ..] if quotes == 3 => 2,
        [b'\n', ..] if quotes == 3 => 1,
        _ => 0,
    };
    match inner.get(begins..) {
        Some(inner) if inner.starts_with(text.get_ref().as_str()) => span.start + quotes + begins + byte,
        _ => span.start,
    }
}
