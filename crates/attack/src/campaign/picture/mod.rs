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
        let lost = || rows.iter().flat_map(|row| row.yen_lost).filter(|yen| *yen > 0);
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
            None => (1..=4).map(|part| (self.most / 4.0 * f64::from(part)) as i64).collect(),
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

impl Table {
    fn heading(&self) -> [String; 3] {
        let seeds = self.rows.iter().map(|row| row.seeds).max().unwrap_or(0);
        let last = self.first_seed + seeds.max(1) - 1;
        let scale =
            if Scale::of(&self.rows).from.is_some() { ", each line ten times the one before" } else { "" };
        [
            "What each control buys".to_owned(),
            format!("{}: seeds {} to {last}", self.title, self.first_seed),
            format!("Bar: yen lost, the median; thin line: least to most{scale}"),
        ]
    }

    fn shapes(&self) -> (f64, Vec<Shape>) {
        let high = ROW.mul_add(self.rows.len() as f64, TOP) + 28.0;
        let scale = Scale::of(&self.rows);
        let [title, played, legend] = self.heading();
        let mut shapes = vec![
            bold(text((LEFT, 32.0), 20.0, title, Colour::Ink)),
            text((LEFT, 54.0), 13.0, played, Colour::Faint),
            text((LEFT, 73.0), 13.0, legend, Colour::Faint),
        ];
        let bottom = high - 24.0;
        for mark in scale.marks() {
            let x = scale.at(mark);
            let (from, to) = ((x, TOP - 8.0), (x, bottom));
            shapes.push(Shape::Line { from, to, thick: 1.0, colour: Colour::Grid });
            let label = text((x + 2.0, high - 9.0), 11.0, yen(mark), Colour::Faint);
            shapes.push(if x > RIGHT - 60.0 { to_the_left(label) } else { label });
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
        let [least, median, most] = self.yen_lost;
        let colour = if most == 0 { Colour::Safe } else { Colour::Ink };
        let came = if self.accounts[1] == 1 { "account" } else { "accounts" };
        let said = format!("{} {came}, {}", self.accounts[1], yen(median));
        shapes.push(bold(text((LEFT, top + 14.0), 14.0, self.controls.replace('_', " "), colour)));
        shapes.push(to_the_left(bold(text((RIGHT, top + 14.0), 14.0, said, colour))));
        let (bar, line) = (top + 19.0, top + 23.0);
        let edges = [LEFT, bar, scale.at(median).max(LEFT + 1.5), bar + 8.0];
        shapes.push(Shape::Box { edges, colour: if most == 0 { Colour::Safe } else { Colour::Lost } });
        if least != most {
            let (from, to) = ((scale.at(least), line), (scale.at(most), line));
            shapes.push(Shape::Line { from, to, thick: 1.5, colour: Colour::Ink });
        }
        let noticed = format!("noticed by {}", self.found());
        shapes.push(text((LEFT, top + 38.0), 11.0, noticed, Colour::Faint));
    }
}
