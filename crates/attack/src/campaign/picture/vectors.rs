//! The picture as SVG: readable on light and on dark ground.

use super::{Colour, Shape};
use std::fmt::Write;

/// The picture's text.
pub(super) fn svg(wide: f64, high: f64, title: &str, shapes: &[Shape]) -> String {
    let mut text = String::new();
    let style = |pick: fn(Colour) -> [u8; 3]| -> String {
        Colour::ALL
            .iter()
            .map(|colour| format!(".{}{{fill:{1};stroke:{1}}}", colour.name(), hex(pick(*colour))))
            .collect()
    };
    // Writing into a text does not fail.
    let _written = writeln!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" role=\"img\" \
         font-family=\"system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif\">\n<title>{}</title>\n\
         <style>text{{stroke:none!important}}rect{{stroke:none!important}}line{{stroke-linecap:round}}{}\
         @media(prefers-color-scheme:dark){{{}}}</style>\n<rect class=\"paper\" width=\"{wide}\" height=\"{high}\"/>",
        escaped(title),
        style(Colour::light),
        style(Colour::dark),
    );
    for shape in shapes {
        let _written = match shape {
            Shape::Box { edges: [left, top, right, bottom], colour } => writeln!(
                text,
                "<rect class=\"{}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                colour.name(),
                right - left,
                bottom - top
            ),
            Shape::Line { from, to, thick, colour } => writeln!(
                text,
                "<line class=\"{}\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke-width=\"{thick}\"/>",
                colour.name(),
                from.0,
                from.1,
                to.0,
                to.1
            ),
            Shape::Text { at, size, bold, end, text: said, colour } => writeln!(
                text,
                "<text class=\"{}\" x=\"{:.1}\" y=\"{:.1}\" font-size=\"{size}\"{}{}>{}</text>",
                colour.name(),
                at.0,
                at.1,
                if *bold { " font-weight=\"600\"" } else { "" },
                if *end { " text-anchor=\"end\"" } else { "" },
                escaped(said)
            ),
        };
    }
    text.push_str("</svg>\n");
    text
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
