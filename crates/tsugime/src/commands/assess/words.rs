//! An assessment as a text for a terminal.

use super::figures::{accounts, grouped, pays, yen};
use engine::linkage::{Assessment, LinkageFinding, LinkedBank, MethodAssessed, WayIn, Weight};
use std::fmt::Write;

/// The whole text.
pub(crate) fn text(assessment: &Assessment) -> String {
    let verdict = if assessment.refused { "REFUSED" } else { "accepted" };
    let mut text = format!("{} · {verdict}\n", assessment.title);
    for finding in &assessment.findings {
        text.push('\n');
        add_finding(&mut text, finding, "  ");
    }
    let tries =
        assessment.tries_a_day.iter().map(|(code, tries)| format!("{code} {}", grouped(*tries as f64)));
    line(&mut text, &format!("\nTries a day: {}", tries.collect::<Vec<_>>().join(", ")));
    let lost = yen(assessment.yen_per_account);
    line(&mut text, &format!("\nAt the banks, the worst method first; one bank account loses up to {lost}"));
    for method in &assessment.methods {
        add_method(&mut text, method, assessment.yen_per_account);
    }
    line(&mut text, "\nTaking over a wallet that has a link");
    add_ways(&mut text, &assessment.take_over);
    text
}

/// A method; what an account loses is told where it is less than the `whole` linkage's most.
fn add_method(text: &mut String, method: &MethodAssessed, whole: f64) {
    line(text, &format!("\n  {} · {}", method.method, method.name_en));
    let in_part = |bank: &LinkedBank| if bank.known_in_part { " (known in part)" } else { "" };
    let bank = |bank: &LinkedBank| format!("{} {}{}", bank.code, bank.name, in_part(bank));
    let banks: Vec<String> = method.banks.iter().map(bank).collect();
    for banks in banks.chunks(4) {
        line(text, &format!("    {}", banks.join(", ")));
    }
    if method.yen_per_account < whole {
        line(text, &format!("    an account      loses up to {}", yen(method.yen_per_account)));
    }
    for finding in &method.findings {
        add_finding(text, finding, "    ");
    }
    if !method.smallest_set.is_empty() {
        line(text, &format!("    broken by       {}", method.smallest_set.join(" + ")));
    }
    if let Some(guessed) = method.guessed() {
        line(
            text,
            &format!(
                "    by guessing     {} accounts in 10,000 tries, {} in 30 days, {}",
                accounts(guessed.per_10_000_tries),
                accounts(guessed.per_month),
                yen(guessed.yen_per_month)
            ),
        );
    }
    if !method.factors.is_empty() {
        add_ways(text, &method.ways);
    }
    add_changes(text, "to be accepted", method.lifts.as_deref());
    add_changes(text, "to close it", method.closes.as_deref());
}

fn add_changes(text: &mut String, what: &str, changes: Option<&[String]>) {
    match changes {
        Some([]) => {}
        Some(changes) => {
            for (at, change) in changes.iter().enumerate() {
                let what = if at == 0 { what } else { "" };
                line(text, &format!("    {what:<15} {}. {change}", at + 1));
            }
        }
        None => line(text, &format!("    {what:<15} no change that is known here suffices")),
    }
}

fn add_ways(text: &mut String, ways: &[WayIn]) {
    if ways.is_empty() {
        line(text, "    ways in         none for any of the attackers: 0 accounts, ¥0 in 30 days");
        return;
    }
    line(text, "    ways in         yen an account  accounts in 30 days    yen in 30 days");
    for way in ways {
        line(
            text,
            &format!(
                "      {:<22}{:>12} {:>20} {:>17}  {}",
                way.name_en,
                yen(way.cost_yen),
                accounts(way.per_month),
                yen(way.yen_per_month),
                pays(way)
            ),
        );
        line(text, &format!("        {}", way.steps.join(" + ")));
    }
}

fn add_finding(text: &mut String, finding: &LinkageFinding, indent: &str) {
    let weight = match finding.weight {
        Weight::Refused => "refused",
        Weight::Weak => "weak   ",
    };
    let marks = [finding.holes, finding.promises].concat().join(" ");
    line(text, &format!("{indent}{weight}  {}  ({marks})  {}", finding.code, finding.place));
    line(text, &format!("{indent}         {}", finding.says));
    line(text, &format!("{indent}         → {}", finding.change));
}

fn line(text: &mut String, line: &str) {
    // Writing into a text cannot fail.
    let _written = writeln!(text, "{line}");
}
