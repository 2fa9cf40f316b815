//! `tsugime rules backtest`: the attempts that are remembered, under rules that were not there.

use super::file::{book_in, text_of};
use crate::{
    commands::which::Which,
    exit::{Done, Ended},
    paper::say,
};
use gate::rules::{BackTest, BackTestReport, ENTRIES_MAX, Effect, day_begins};
use serde_json::json;
use std::path::PathBuf;
use store::{Store, look};
use terms::{Span, Time};

const PAGES_PER_WORD: usize = 10;

/// Which rules, on what.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The file of rules.
    file: PathBuf,
    #[command(flatten)]
    which: Which,
    /// The first day that is judged, such as 2026-11-01; days are days of Japan. From the beginning, unless told.
    #[arg(long, value_parser = day)]
    from: Option<Time>,
    /// The last day that is judged. Up to now, unless told.
    #[arg(long, value_parser = day)]
    until: Option<Time>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn day(text: &str) -> Result<Time, String> {
    day_begins(text).ok_or_else(|| "a day is expected, such as 2026-11-01".to_owned())
}

/// Tells what the rules would have done; the server may be running.
///
/// # Errors
/// The rules or days are refused, the history is too long for one run, or the database cannot be used.
pub(crate) fn run(options: &Options) -> Done {
    let book = book_in(&options.file, &text_of(&options.file)?)?;
    let from = options.from.unwrap_or(Time::from_millis(0));
    let until = options.until.map_or(Time::from_millis(i64::MAX), |last| last.plus(Span::days(1)));
    if until <= from {
        return Err(Ended::Refused("--until: the last day is before the first one".to_owned()));
    }
    let (store, _) = options.which.look()?;
    let mut test = BackTest::new(&book, from);
    read(&store, from.minus(BackTest::looks_back(&book)), until, &mut test)?;
    let report = test.report();
    if options.json {
        let rules: Vec<_> =
            report.rules.iter().map(|(rule, effect)| json!({ "rule": rule, "effect": effect })).collect();
        let told = json!({
            "ok": true,
            "from": report.from.to_string(),
            "until": report.until.to_string(),
            "judged": report.judged,
            "rules": rules,
            "together": report.together,
        });
        say(&told)?;
    } else {
        print(&report)?;
    }
    Ok(())
}

fn read(store: &Store, begin: Time, until: Time, test: &mut BackTest<'_>) -> Done {
    let (mut after, mut attempts, mut pages) = (None, 0, 0);
    loop {
        let page = store.read(|shelf| look::attempts_between(shelf, begin, until, after))?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.at, last.id));
        attempts += page.len();
        pages += 1;
        if pages % PAGES_PER_WORD == 0 {
            eprintln!("{attempts} attempts read, up to {} …", last.at);
        }
        for attempt in &page {
            test.see(attempt).map_err(|_| {
                let what = "the history is too long for one run";
                Ended::Refused(format!("{what}: {ENTRIES_MAX} entries at once; take a later --from"))
            })?;
        }
    }
}

fn print(report: &BackTestReport) -> Done {
    say(format!("{} attempts judged from {} to {}", report.judged, report.from, report.until))?;
    for (name, effect) in &report.rules {
        say(format!("{name}: {}", line_of(effect)))?;
    }
    say(format!("all together: {}", line_of(&report.together)))
}

fn line_of(effect: &Effect) -> String {
    let Effect { held, stopped, stepped_up, later_bad, annoyed, .. } = effect;
    let mut line = format!(
        "held {held} times; would have stopped {stopped} and stepped up {stepped_up}, of these {later_bad} later bad \
         (bank's signal {}, denied {}, refunded {}); would have annoyed {annoyed} customers",
        effect.later_signalled, effect.later_denied, effect.later_refunded
    );
    if effect.failed > 0 {
        line += &format!("; came to nothing {} times", effect.failed);
    }
    if effect.not_recorded > 0 {
        line +=
            &format!("; cannot be told {} times, for it asks what is not remembered", effect.not_recorded);
    }
    line
}
