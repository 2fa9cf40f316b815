//! The comparison as a picture: what each choice of controls lets through. One list of shapes, written as SVG and as PNG.

mod letters;
mod pixels;
mod vectors;

use super::{
    ablation::{Row, Table},
    yen,
};

/// As wide as a phone.
const WIDE: f64 = 480.0;
const LEFT: f64 = 20.0;
const RIGHT: f64 = 460.0;
const ROW: f64 = 46.0;
/// The size of the line that says what was played.
const PLAYED: f64 = 13.0;
const TOP: f64 = 96.0;
/// From how many times the least on a scale of powers of ten is needed.
const MANY_TIMES: f64 = 30.0;

/// What a shape is coloured as: a name, so that light and dark ground have colours of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Paper,
    Ink,
    Faint,
    Grid,
    Lost,
    Safe,
}

impl Colour {
    const ALL: [Self; 6] = [Self::Paper, Self::Ink, Self::Faint, Self::Grid, Self::Lost, Self::Safe];

    const fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Ink => "ink",
            Self::Faint => "faint",
            Self::Grid => "grid",
            Self::Lost => "lost",
            Self::Safe => "safe",
        }
    }

    const fn light(self) -> [u8; 3] {
        match self {
            Self::Paper => [255, 255, 255],
            Self::Ink => [31, 35, 40],
            Self::Faint => [89, 99, 110],
            Self::Grid => [226, 230, 235],
            Self::Lost => [201, 91, 72],
            Self::Safe => [38, 128, 84],
        }
    }

    const fn dark(self) -> [u8; 3] {
        match self {
            Self::Paper => [13, 17, 23],
            Self::Ink => [230, 237, 243],
            Self::Faint => [150, 160, 171],
            Self::Grid => [41, 48, 57],
            Self::Lost => [226, 122, 101],
            Self::Safe => [87, 184, 133],
        }
    }
}

/// What is drawn, in units of the picture, to the right and down.
enum Shape {
    /// Left, top, right, bottom.
    Box {
        edges: [f64; 4],
        colour: Colour,
    },
    Line {
        from: (f64, f64),
        to: (f64, f64),
        thick: f64,
        colour: Colour,
    },
    /// From a point on the line that letters stand on; `end` where it ends there.
    Text {
        at: (f64, f64),
        size: f64,
        bold: bool,
        end: bool,
        text: String,
        colour: Colour,
    },
}

/// From yen to places.
struct Scale {
    /// The power of ten at the left, where it is one of powers.
    from: Option<f64>,
    most: f64,
}

impl Scale {
    fn of(rows: &[Row]) -> Self {
        let of_row = |row: &Row| [row.yen_lost.least, row.yen_lost.median.round() as i64, row.yen_lost.most];
        let lost = || rows.iter().flat_map(of_row).filter(|yen| *yen > 0);
        let (least, most) = (lost().min().unwrap_or(1) as f64, lost().max().unwrap_or(1) as f64);
        let from = (most > least * MANY_TIMES).then(|| least.log10().floor());
        Self { from, most }
    }

    fn at(&self, yen: i64) -> f64 {
        let share = match self.from {
            // Nothing lost is no bar; the least power of ten is a short one.
            Some(from) if yen > 0 => ((yen as f64).log10() - from + 0.3) / (self.most.log10() - from + 0.3),
            Some(_) => 0.0,
            None => yen as f64 / self.most,
        };
        LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    /// Where a line helps the eye.
    fn marks(&self) -> Vec<i64> {
        match self.from {
            Some(from) => {
                let last = self.most.log10().floor() as i32;
                (from as i32..=last).map(|power| 10_i64.pow(power.clamp(0, 18).unsigned_abs())).collect()
            }
            None => (1..=3).map(|part| (self.most / 3.0 * f64::from(part)) as i64).collect(),
        }
    }
}

fn text(at: (f64, f64), size: f64, said: impl Into<String>, colour: Colour) -> Shape {
    Shape::Text { at, size, bold: false, end: false, text: said.into(), colour }
}

fn bold(shape: Shape) -> Shape {
    match shape {
        Shape::Text { at, size, end, text, colour, .. } => {
            Shape::Text { at, size, bold: true, end, text, colour }
        }
        other => other,
    }
}

fn to_the_left(shape: Shape) -> Shape {
    match shape {
        Shape::Text { at, size, bold, text, colour, .. } => {
            Shape::Text { at, size, bold, end: true, text, colour }
        }
        other => other,
    }
}

/// A title and what stands behind it, cut so that both fit in one line.
fn shortened(title: &str, behind: &str) -> String {
    let fits =
        |title: &str| letters::strokes(&format!("{title}{behind}"), (0.0, 0.0), PLAYED).1 <= RIGHT - LEFT;
    if fits(title) {
        return format!("{title}{behind}");
    }
    let cuts = title.char_indices().rev().map(|(place, _)| format!("{}…", title[..place].trim_end()));
    let cut = cuts.into_iter().find(|cut| fits(cut)).unwrap_or_default();
    format!("{cut}{behind}")
}

impl Table {
    fn heading(&self) -> [String; 3] {
        let seeds = self.rows.iter().map(|row| row.seeds).max().unwrap_or(0);
        let last = self.first_seed + seeds.max(1) - 1;
        let scale = if Scale::of(&self.rows).from.is_some() { ". Each mark: ten times the last" } else { "" };
        [
            "What each control buys".to_owned(),
            shortened(&self.title, &format!(": seeds {} to {last}", self.first_seed)),
            format!("Bar: median lost. Line: least to most{scale}"),
        ]
    }

    fn shapes(&self) -> (f64, Vec<Shape>) {
        let high = ROW.mul_add(self.rows.len() as f64, TOP) + 28.0;
        let scale = Scale::of(&self.rows);
        let [title, played, legend] = self.heading();
        let mut shapes = vec![
            bold(text((LEFT, 32.0), 20.0, title, Colour::Ink)),
            text((LEFT, 54.0), PLAYED, played, Colour::Faint),
            text((LEFT, 73.0), PLAYED, legend, Colour::Faint),
        ];
        let bottom = high - 24.0;
        for mark in scale.marks() {
            let x = scale.at(mark);
            let (from, to) = ((x, TOP - 8.0), (x, bottom));
            shapes.push(Shape::Line { from, to, thick: 1.0, colour: Colour::Grid });
            shapes.push(to_the_left(text((x, high - 9.0), 11.0, yen(mark), Colour::Faint)));
        }
        for (place, row) in self.rows.iter().enumerate() {
            row.draws(ROW.mul_add(place as f64, TOP), &scale, &mut shapes);
        }
        (high, shapes)
    }

    /// The picture as SVG.
    pub fn svg(&self) -> String {
        let (high, shapes) = self.shapes();
        vectors::svg(WIDE, high, &self.heading().join(". "), &shapes)
    }

    /// The same as the bytes of a PNG.
    pub fn png(&self) -> Vec<u8> {
        let (high, shapes) = self.shapes();
        pixels::png(WIDE, high, &shapes)
    }
}

impl Row {
    fn draws(&self, top: f64, scale: &Scale, shapes: &mut Vec<Shape>) {
        let (least, median, most) =
            (self.yen_lost.least, self.yen_lost.median.round() as i64, self.yen_lost.most);
        let colour = if most == 0 { Colour::Safe } else { Colour::Ink };
        let came = if self.accounts.most == 1 && self.accounts.median > 0.5 { "account" } else { "accounts" };
        let said = format!("{} {came}, {}", self.accounts.median, yen(median));
        shapes.push(bold(text((LEFT, top + 14.0), 14.0, self.controls.clone(), colour)));
        shapes.push(to_the_left(bold(text((RIGHT, top + 14.0), 14.0, said, colour))));
        let (bar, line) = (top + 19.0, top + 23.0);
        let edges = [LEFT, bar, scale.at(median).max(LEFT + 1.5), bar + 8.0];
        shapes.push(Shape::Box { edges, colour: if most == 0 { Colour::Safe } else { Colour::Lost } });
        if least != most {
            let (from, to) = ((scale.at(least), line), (scale.at(most), line));
            shapes.push(Shape::Line { from, to, thick: 1.5, colour: Colour::Ink });
        }
        let noticed = match most {
            0 => "nothing lost with any seed".to_owned(),
            _ => format!("noticed by {}", self.found()),
        };
        shapes.push(text((LEFT, top + 38.0), 11.0, noticed, Colour::Faint));
    }
}

#[cfg(test)]
mod tests {
    use super::{super::ablation::Spread, *};

    fn row(controls: &str, [least, median, most]: [i64; 3]) -> Row {
        let yen_lost = Spread { least, median: median as f64, most };
        let accounts = Spread { least: 0, median: 1.0, most: 2 };
        let found_by = [(super::super::FoundBy::Alarm, 3)].into();
        let (found_minutes, stopped_minutes) = (Some(Spread { least: 1, median: 90.0, most: 9_000 }), None);
        let controls = controls.to_owned();
        Row { controls, accounts, yen_lost, found_by, found_minutes, stopped_minutes, seeds: 4 }
    }

    fn table(rows: Vec<Row>) -> Table {
        Table { title: "A & B".to_owned(), first_seed: 5, rows, cut_short: false }
    }

    #[test]
    fn a_bar_is_as_long_as_what_was_lost() {
        let even = Scale::of(&[row("", [0, 50, 100])]);
        assert_eq!([0, 50, 100].map(|yen| even.at(yen)), [LEFT, f64::midpoint(LEFT, RIGHT), RIGHT]);
        // Over a wide span each power of ten is as wide as the next, and nothing is nothing.
        let powers = Scale::of(&[row("", [0, 1_000, 1_000_000])]);
        let [none, least, ten, hundred, most] =
            [0, 1_000, 10_000, 100_000, 1_000_000].map(|yen| powers.at(yen));
        assert!(none == LEFT && least > none && most == RIGHT);
        assert!(((ten - least) - (hundred - ten)).abs() < 1e-9);
        assert_eq!(powers.marks(), [1_000, 10_000, 100_000, 1_000_000]);
        assert_eq!(Scale::of(&[row("", [0, 0, 0])]).at(0), LEFT);
    }

    #[test]
    fn a_long_title_is_cut_where_the_picture_ends() {
        let mut long = table(vec![row("nothing", [0, 0, 0])]);
        for (title, said) in [
            ("Short", "Short: seeds 5 to 8"),
            (&"many words ".repeat(30)[..], "…: seeds 5 to 8"),
            (&"長い題".repeat(60)[..], "…: seeds 5 to 8"),
        ] {
            title.clone_into(&mut long.title);
            let [_, played, _] = long.heading();
            assert!(played.ends_with(said), "{played}");
            assert!(letters::strokes(&played, (0.0, 0.0), PLAYED).1 <= RIGHT - LEFT, "{played}");
        }
        for lost in [[0, 50, 100], [0, 1_000, 1_000_000]] {
            let [_, _, legend] = table(vec![row("nothing", lost)]).heading();
            assert!(letters::strokes(&legend, (0.0, 0.0), PLAYED).1 <= RIGHT - LEFT, "{legend}");
        }
    }

    #[test]
    fn both_pictures_say_the_same() {
        let drawn = table(vec![row("nothing", [0, 1_000, 20_000]), row("all but young value", [0, 0, 0])]);
        let svg = drawn.svg();
        for said in [
            "seeds 5 to 8",
            "A &amp; B",
            "noticed by an alarm after 90 min",
            "all but young value",
            "¥1,000<",
        ] {
            assert!(svg.contains(said), "{said}: {svg}");
        }
        let png = drawn.png();
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 5_000);
        let bare = table(Vec::new());
        assert!(bare.svg().ends_with("</svg>\n") && bare.png().len() < png.len());
    }
}
