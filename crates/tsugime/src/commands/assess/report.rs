//! An assessment as one HTML file: no script, nothing loaded, light and dark, readable on a phone.

use super::{
    figures::{accounts, grouped, pays, yen},
    graph,
};
use engine::linkage::{Assessment, LinkageFinding, LinkedBank, MethodAssessed, WayIn, Weight};
use std::{collections::BTreeSet, fmt::Write};

/// The style; its digest stands in the page's policy, so that no other is obeyed.
pub(crate) const STYLE: &str = include_str!("report.css");

/// The whole page. `style_sha256` is the digest of [`STYLE`] in Base64.
pub(crate) fn page(assessment: &Assessment, style_sha256: &str) -> String {
    let (verdict, words) =
        if assessment.refused { ("refused", "refused · 不可") } else { ("accepted", "accepted · 可") };
    let title = escaped(&assessment.title);
    let tries =
        assessment.tries_a_day.iter().map(|(code, tries)| format!("{code} {}", grouped(*tries as f64)));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{style_sha256}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>Linkage: {title}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n<h1>口座連携の評価 · Linkage assessment</h1>\n\
         <p>{title} <span class=\"verdict {verdict}\">{words}</span></p>\n\
         <p class=\"soft\">One bank account loses up to {} before its depositor can notice. Tries a day: {}.</p>\n",
        yen(assessment.yen_per_account),
        escaped(&tries.collect::<Vec<_>>().join(", "))
    );
    if !assessment.findings.is_empty() {
        page.push_str("<h2>The wallet's side</h2>\n");
    }
    for finding in &assessment.findings {
        add_finding(&mut page, finding);
    }
    page.push_str("<h2>At the banks, the worst method first</h2>\n");
    for method in &assessment.methods {
        add_method(&mut page, method);
    }
    page.push_str("<h2>Taking over a wallet that has a link</h2>\n<div class=\"card\">\n");
    add_ways(&mut page, &assessment.take_over);
    page.push_str("</div>\n</main>\n</body>\n</html>\n");
    page
}

fn add_method(page: &mut String, method: &MethodAssessed) {
    let in_part = |bank: &LinkedBank| if bank.known_in_part { " (known in part)" } else { "" };
    let bank = |bank: &LinkedBank| format!("{}&nbsp;{}{}", bank.code, escaped(&bank.name), in_part(bank));
    let banks: Vec<String> = method.banks.iter().map(bank).collect();
    add(
        page,
        &format!(
            "<section class=\"card\">\n<h3><code>{}</code></h3>\n<p>{} · {}</p>\n<p class=\"soft\">{}</p>",
            escaped(&method.method),
            escaped(&method.name_ja),
            escaped(&method.name_en),
            banks.join(", ")
        ),
    );
    for finding in &method.findings {
        add_finding(page, finding);
    }
    if !method.smallest_set.is_empty() {
        add(page, &format!("<p><b>Broken by</b> {}</p>", escaped(&method.smallest_set.join(" + "))));
    }
    if let Some(guessed) = method.guessed() {
        add(
            page,
            &format!(
                "<p><b>By guessing</b> {} accounts in 10,000 tries, {} in 30 days, {}</p>",
                accounts(guessed.per_10_000_tries),
                accounts(guessed.per_month),
                yen(guessed.yen_per_month)
            ),
        );
    }
    if !method.factors.is_empty() {
        add_ways(page, &method.ways);
    }
    add_changes(page, "To be accepted", method.lifts.as_deref());
    add_changes(page, "To close every way that pays", method.closes.as_deref());
    add_graph(page, method);
    page.push_str("</section>\n");
}

fn add_graph(page: &mut String, method: &MethodAssessed) {
    let Some(tree) = &method.tree else { return };
    let paying = method.ways.iter().filter(|way| way.pays);
    let open: BTreeSet<String> = paying.flat_map(|way| way.step_codes.iter().cloned()).collect();
    let first = method.ways.first().filter(|way| way.pays);
    let cheapest: BTreeSet<String> =
        first.map(|way| way.step_codes.iter().cloned().collect()).unwrap_or_default();
    let label = format!("Ways in by {}", method.method);
    add(
        page,
        "<details open>\n<summary>Ways in, as AND and OR</summary>\n<p class=\"key soft\">\
         <span class=\"cheapest\"><b></b>the cheapest way</span><span class=\"open\"><b></b>part of a way that pays</span>\
         <span class=\"shut\"><b></b>part of no way that pays</span></p>",
    );
    page.push_str(&graph::svg(tree, &label, &open, &cheapest));
    page.push_str("</details>\n");
}

fn add_changes(page: &mut String, what: &str, changes: Option<&[String]>) {
    match changes {
        Some([]) => {}
        Some(changes) => {
            add(page, &format!("<p><b>{what}</b></p>\n<ol>"));
            for change in changes {
                add(page, &format!("<li>{}</li>", escaped(change)));
            }
            page.push_str("</ol>\n");
        }
        None => add(page, &format!("<p><b>{what}</b> no change that is known here suffices</p>")),
    }
}

fn add_ways(page: &mut String, ways: &[WayIn]) {
    if ways.is_empty() {
        page.push_str("<p>No way in for any of the attackers: 0 accounts, ¥0 in 30 days.</p>\n");
        return;
    }
    page.push_str("<ol class=\"ways\">\n");
    for way in ways {
        let class = if way.pays { "" } else { " class=\"idle\"" };
        add(
            page,
            &format!(
                "<li{class}><b>{} · {}</b> <span class=\"soft\">{}</span><br>{} an account · {} accounts and {} in 30 days\
                 <br><span class=\"soft\">{}</span></li>",
                escaped(&way.name_ja),
                escaped(&way.name_en),
                pays(way),
                yen(way.cost_yen),
                accounts(way.per_month),
                yen(way.yen_per_month),
                escaped(&way.steps.join(" + "))
            ),
        );
    }
    page.push_str("</ol>\n");
}

fn add_finding(page: &mut String, finding: &LinkageFinding) {
    let weight = match finding.weight {
        Weight::Refused => "refused",
        Weight::Weak => "weak",
    };
    add(
        page,
        &format!(
            "<div class=\"finding {weight}\">\n<p><code>{}</code> <span class=\"marks\">{weight} · {}</span></p>\n<p>{}</p>\n\
             <p>→ {}</p>\n<p class=\"place\">{}</p>\n</div>",
            finding.code,
            [finding.holes, finding.promises].concat().join(" "),
            escaped(&finding.says),
            escaped(&finding.change),
            escaped(&finding.place)
        ),
    );
}

/// A text that stands in HTML or SVG, also between double quotes.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn add(page: &mut String, text: &str) {
    // Writing into a text cannot fail.
    let _written = writeln!(page, "{text}");
}
