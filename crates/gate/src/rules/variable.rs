//! What a rule can see, under readable names: facts of the ask, every count that a detector has, and its own counts.

use super::expression::{Failed, Kind, Value};
use crate::{By, Count, Evidence, How, Step, Subjects, Tally, detectors};
use std::{collections::BTreeMap, sync::LazyLock};
use terms::{Span, Time};

/// A bank's method and its link, as far as an ask goes over one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way<'w> {
    /// It goes over no link.
    None,
    /// It goes over a method of the bank.
    Over {
        /// The method's code.
        method: Option<&'w str>,
        /// Whether the link is young.
        is_young: bool,
    },
    /// The attempt is remembered only, and this is not.
    NotRecorded,
}

/// One ask, as rules see it beside the counts.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What is tried.
    pub step: Step,
    /// Who and what it concerns.
    pub subjects: &'a Subjects,
    /// Over which link.
    pub way: Way<'a>,
    /// When.
    pub now: Time,
}

macro_rules! facts {
    ($($name:ident $text:literal $kind:ident $says:literal;)*) => {
        /// A fact of the ask.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Fact {$($name,)*}

        impl Fact {
            const ALL: &'static [Self] = &[$(Self::$name),*];

            const fn name(self) -> &'static str {
                match self {$(Self::$name => $text,)*}
            }

            const fn kind(self) -> Kind {
                match self {$(Self::$name => Kind::$kind,)*}
            }

            const fn says(self) -> &'static str {
                match self {$(Self::$name => $says,)*}
            }
        }
    };
}

facts! {
    Step "step" Text "what is tried, such as 'top_up'";
    Bank "bank" Text "the bank's code in four digits, or ''";
    Method "method" Text "the bank's method of checking who asks, or ''";
    YoungLink "young_link" Bool "whether the money comes over a link that was made lately";
    Amount "amount" Int "how much is to move, in yen, or 0";
    Network "network" Text "the network around the address: the /24 of an IPv4 address, the /48 of an IPv6 one, or ''";
    Address "address" Text "the network: an IPv4 address, or the /64 of an IPv6 address, or ''";
    KnownDevice "known_device" Bool "whether the customer signed in on the asking device before";
    HasDevice "has_device" Bool "whether the asking device is known by an id at all";
    Hour "hour" Int "the hour of the day in Japan, 0 to 23";
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Variable {
    Fact(Fact),
    Count(Count),
}

/// Everything that one evaluation may see.
pub(super) struct Known<'k> {
    pub(super) asked: &'k Asked<'k>,
    pub(super) evidence: &'k Evidence,
}

const JAPAN_IS_AHEAD: Span = Span::hours(9);

impl Known<'_> {
    pub(super) fn value(&self, variable: &Variable) -> Result<Value<'_>, Failed> {
        let fact = match variable {
            Variable::Count(count) => {
                let answer = self.evidence.counted(count).ok_or(Failed::NotCounted)?;
                // "Never" is longer ago than anything.
                let answer = i64::try_from(answer).unwrap_or(i64::MAX);
                return Ok(match kind_of(count) {
                    Kind::Duration => Value::Duration(answer),
                    _ => Value::Int(answer),
                });
            }
            Variable::Fact(fact) => *fact,
        };
        let Asked { step, subjects, way, now } = self.asked;
        Ok(match (fact, way) {
            (Fact::Step, _) => Value::Text(step.as_str()),
            (Fact::Bank, _) => Value::Text(subjects.bank.as_ref().map_or("", |bank| bank.as_str())),
            (Fact::Address, _) => Value::Text(subjects.address.as_deref().unwrap_or("")),
            (Fact::Network, _) => Value::Text(subjects.network.as_deref().unwrap_or("")),
            (Fact::Amount, _) => Value::Int(subjects.amount.unwrap_or_default().get()),
            (Fact::HasDevice, _) => Value::Bool(subjects.device.is_some()),
            (Fact::Hour, _) => Value::Int(now.plus(JAPAN_IS_AHEAD).seconds().rem_euclid(86_400) / 3_600),
            (Fact::Method | Fact::YoungLink | Fact::KnownDevice, Way::NotRecorded) => {
                return Err(Failed::NotRecorded);
            }
            (Fact::KnownDevice, _) => Value::Bool(self.evidence.is_on_known_device()),
            (Fact::Method, Way::None) => Value::Text(""),
            (Fact::Method, Way::Over { method, .. }) => Value::Text(method.unwrap_or("")),
            (Fact::YoungLink, Way::None) => Value::Bool(false),
            (Fact::YoungLink, Way::Over { is_young, .. }) => Value::Bool(*is_young),
        })
    }
}

/// A name for people and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Named {
    /// As it is written in a rule.
    pub name: String,
    /// What it stands for.
    pub says: String,
}

/// The names that a rule may use.
pub(super) struct Names<'n> {
    pub(super) counts: &'n BTreeMap<String, Count>,
}

impl Names<'_> {
    /// What a name stands for; otherwise a sentence that says what is allowed.
    pub(super) fn find(&self, name: &str) -> Result<(Variable, Kind), String> {
        if let Some(count) = self.counts.get(name) {
            return Ok((Variable::Count(*count), kind_of(count)));
        }
        if let Some(fact) = Fact::ALL.iter().find(|fact| fact.name() == name) {
            return Ok((Variable::Fact(*fact), fact.kind()));
        }
        if let Some(count) = built_in().get(name).copied() {
            return Ok((Variable::Count(count), kind_of(&count)));
        }
        let own: Vec<String> = self.counts.keys().cloned().collect();
        let facts = Fact::ALL.iter().map(|fact| fact.name().to_owned());
        let all: Vec<String> = own.into_iter().chain(facts).collect();
        Err(format!(
            "`{name}` is not known; allowed are {}, and the counts that `tsugime rules names` lists",
            all.join(", ")
        ))
    }
}

/// Whether a name is taken by a fact or a detector's count.
pub(super) fn is_taken(name: &str) -> bool {
    const WORDS: [&str; 6] = ["true", "false", "in", "null", "duration", "has"];
    WORDS.contains(&name) || Fact::ALL.iter().any(|fact| fact.name() == name) || built_in().contains_key(name)
}

/// Every fact and every detector's count, under its name.
pub fn names() -> Vec<Named> {
    let facts = Fact::ALL.iter().map(|f| Named { name: f.name().to_owned(), says: f.says().to_owned() });
    let counts = built_in().iter().map(|(name, count)| Named { name: name.clone(), says: says_of(count) });
    facts.chain(counts).collect()
}

const fn kind_of(count: &Count) -> Kind {
    match count.tally {
        Tally::Attempts | Tally::Distinct(_) | Tally::Yen => Kind::Int,
        Tally::SinceFirst | Tally::SinceLast => Kind::Duration,
    }
}

/// The counts of all detectors, each name once: of two that differ in their bounds only, the one that reads more.
fn built_in() -> &'static BTreeMap<String, Count> {
    static BUILT_IN: LazyLock<BTreeMap<String, Count>> = LazyLock::new(|| {
        let mut named: BTreeMap<String, Count> = BTreeMap::new();
        for count in detectors::ALL.iter().flat_map(|detector| detector.counts) {
            let known = named.entry(name_of(count)).or_insert(*count);
            if (known.rows, count.least) < (count.rows, known.least) {
                *known = *count;
            }
        }
        named
    });
    &BUILT_IN
}

fn how_of(count: &Count) -> String {
    match count.how {
        How::Any => String::new(),
        How::Taken => "taken".to_owned(),
        How::Refused => "refused".to_owned(),
        How::RefusedFor(codes) => format!("refused_for_{}", codes.join("_or_").replace(':', "_")),
    }
}

fn steps_of(count: &Count) -> String {
    count.steps.iter().map(|step| step.as_str()).collect::<Vec<_>>().join("_or_")
}

/// `top_up_by_customer_2m`, `consent_returned_refused_by_device_24h`, `consent_returned_customers_by_bank_account_30d`.
fn name_of(count: &Count) -> String {
    let mut name = steps_of(count);
    let how = how_of(count);
    let tally = match count.tally {
        Tally::Attempts => String::new(),
        Tally::Distinct(by) => plural(by).to_owned(),
        Tally::Yen => "yen".to_owned(),
        Tally::SinceFirst => "since_first".to_owned(),
        Tally::SinceLast => "since_last".to_owned(),
    };
    for part in [how, tally].iter().filter(|part| !part.is_empty()) {
        name += &format!("_{part}");
    }
    name += &format!("_by_{}", count.by.as_str());
    if let Some(same) = count.same {
        name += &format!("_and_{}", same.as_str());
    }
    name += &format!("_{}", span_of(count.span));
    if count.skip > Span::millis(0) {
        name += &format!("_before_{}", span_of(count.skip));
    }
    name
}

fn says_of(count: &Count) -> String {
    let what = match count.tally {
        Tally::Attempts => "attempts".to_owned(),
        Tally::Distinct(by) => format!("different {} among attempts", plural(by)),
        Tally::Yen => "the sum in yen of attempts".to_owned(),
        Tally::SinceFirst => "how long ago the first was of attempts".to_owned(),
        Tally::SinceLast => "how long ago the last was of attempts".to_owned(),
    };
    let how = match how_of(count) {
        how if how.is_empty() => how,
        how => format!(" ({how})"),
    };
    let same = count.same.map(|same| format!(" and {}", same.as_str())).unwrap_or_default();
    let skip = match count.skip {
        skip if skip > Span::millis(0) => format!(", not the last {}", span_of(skip)),
        _ => String::new(),
    };
    let least = match count.least {
        least if least.is_zero() => String::new(),
        least => format!("; asks of less than {least} are not counted for"),
    };
    format!(
        "{what}{how} at {} of the same {}{same} in the last {}{skip}; at most {} are read{least}",
        steps_of(count),
        count.by.as_str(),
        span_of(count.span),
        count.rows
    )
}

const fn plural(by: By) -> &'static str {
    match by {
        By::Customer => "customers",
        By::Device => "devices",
        By::Address => "addresses",
        By::Network => "networks",
        By::Bank => "banks",
        By::BankAccount => "bank_accounts",
        By::Holder => "holders",
        By::Payee | By::AsPayee => "payees",
    }
}

fn span_of(span: Span) -> String {
    let millis = span.as_millis();
    for (unit, length) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] {
        if millis % length == 0 && (unit != "d" || millis > 2 * length) {
            return format!("{}{unit}", millis / length);
        }
    }
    format!("{millis}ms")
}
