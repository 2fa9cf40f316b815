//! An AND/OR tree as SVG: one row for each branch and step, indented, readable on a phone.

use super::report::escaped;
use engine::linkage::{Step, Tree};
use std::{collections::BTreeSet, fmt::Write};

const WIDTH: usize = 360;
const ROW: usize = 24;
const LINE: usize = 14;
const INDENT: usize = 16;
/// About how many pixels a bold letter takes.
const LETTER: usize = 7;

struct Row {
    depth: usize,
    /// The row that it hangs on.
    parent: Option<usize>,
    badge: &'static str,
    class: &'static str,
    lines: Vec<String>,
}

/// The picture. Steps of a way that pays are `open`, those of the cheapest way `cheapest`, the others `shut`.
pub(crate) fn svg(tree: &Tree, label: &str, open: &BTreeSet<String>, cheapest: &BTreeSet<String>) -> String {
    let mut rows = Vec::new();
    add(tree, 0, None, open, cheapest, &mut rows);
    let mut tops = Vec::with_capacity(rows.len());
    let mut height = 8;
    for row in &rows {
        tops.push(height);
        height += ROW + LINE * row.lines.len().saturating_sub(1);
    }
    let mut svg = format!(
        "<svg class=\"graph\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"{}\">\n",
        height + 8,
        escaped(label)
    );
    for (row, top) in rows.iter().zip(&tops) {
        if let Some(parent) = row.parent {
            let x = rows[parent].depth * INDENT + 12;
            let from = tops[parent] + 18;
            let to = row.depth * INDENT + 6;
            let y = top + 10;
            add_text(&mut svg, &format!("<path class=\"edge {}\" d=\"M{x} {from}V{y}H{to}\"/>", row.class));
        }
    }
    for (row, top) in rows.iter().zip(&tops) {
        let x = row.depth * INDENT + 6;
        let badge = if row.badge.is_empty() {
            format!("<circle class=\"step {}\" cx=\"{}\" cy=\"{}\" r=\"5\"/>", row.class, x + 6, top + 10)
        } else {
            format!(
                "<rect class=\"badge {}\" x=\"{x}\" y=\"{}\" width=\"30\" height=\"16\" rx=\"4\"/>\
                 <text class=\"on-badge\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                row.class,
                top + 2,
                x + 15,
                top + 14,
                row.badge
            )
        };
        add_text(&mut svg, &badge);
        let start = if row.badge.is_empty() { x + 16 } else { x + 36 };
        for (at, line) in row.lines.iter().enumerate() {
            let y = top + 14 + at * LINE;
            add_text(
                &mut svg,
                &format!("<text class=\"{}\" x=\"{start}\" y=\"{y}\">{}</text>", row.class, escaped(line)),
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn add(
    tree: &Tree,
    depth: usize,
    parent: Option<usize>,
    open: &BTreeSet<String>,
    cheapest: &BTreeSet<String>,
    rows: &mut Vec<Row>,
) -> &'static str {
    let (badge, words, parts) = match tree {
        Tree::All(words, parts) => ("AND", words.clone(), &parts[..]),
        Tree::Any(words, parts) => ("OR", words.clone(), &parts[..]),
        Tree::Leaf(step) => ("", step.words(), &[][..]),
    };
    let here = rows.len();
    let start = depth * INDENT + if badge.is_empty() { 22 } else { 42 };
    rows.push(Row { depth, parent, badge, class: "", lines: wrapped(&words, (WIDTH - start - 4) / LETTER) });
    let classes: Vec<&str> =
        parts.iter().map(|part| add(part, depth + 1, Some(here), open, cheapest, rows)).collect();
    let class = match tree {
        Tree::Leaf(step) => of_step(step, open, cheapest),
        // All parts must be had, and the hardest one decides; of several ways the easiest one does.
        Tree::All(..) => classes.into_iter().max_by_key(|class| hardness(class)).unwrap_or("open"),
        Tree::Any(..) => classes.into_iter().min_by_key(|class| hardness(class)).unwrap_or("shut"),
    };
    rows[here].class = class;
    class
}

fn of_step(step: &Step, open: &BTreeSet<String>, cheapest: &BTreeSet<String>) -> &'static str {
    let code = step.code();
    if cheapest.contains(&code) {
        "cheapest"
    } else if open.contains(&code) {
        "open"
    } else {
        "shut"
    }
}

fn hardness(class: &str) -> u8 {
    match class {
        "cheapest" => 0,
        "open" => 1,
        _ => 2,
    }
}

fn wrapped(words: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn add_text(svg: &mut String, text: &str) {
    // Writing into a text cannot fail.
    let _written = writeln!(svg, "{text}");
}
