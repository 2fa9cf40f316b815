//! The picture as PNG: rectangles and round strokes, smooth at their edges, in light colours.

use super::{Colour, Shape, letters::strokes};

/// Pixels for each unit of the picture: sharp on a phone too.
const SCALE: f64 = 2.0;

/// What the pixels are, row by row, three bytes each.
struct Canvas {
    wide: usize,
    high: usize,
    bytes: Vec<u8>,
}

impl Canvas {
    fn new(wide: f64, high: f64) -> Self {
        let (wide, high) = ((wide * SCALE) as usize, (high * SCALE) as usize);
        let paper = Colour::Paper.light();
        Self { wide, high, bytes: paper.iter().copied().cycle().take(wide * high * 3).collect() }
    }

    /// Lays a colour over a pixel, from 0 (not at all) to 1.
    fn blends(&mut self, x: usize, y: usize, colour: [u8; 3], cover: f64) {
        let place = (y * self.wide + x) * 3;
        for (byte, new) in self.bytes.iter_mut().skip(place).zip(colour) {
            let mixed = f64::from(*byte) * (1.0 - cover) + f64::from(new) * cover;
            *byte = mixed.round().clamp(0.0, 255.0) as u8;
        }
    }

    /// Colours pixels in a box by how much of each is covered.
    fn covers(
        &mut self,
        [left, top, right, bottom]: [f64; 4],
        colour: [u8; 3],
        cover: impl Fn(f64, f64) -> f64,
    ) {
        let clamped = |edge: f64, most: usize| edge.max(0.0).min(most as f64) as usize;
        for y in clamped(top, self.high)..clamped(bottom.ceil(), self.high) {
            for x in clamped(left, self.wide)..clamped(right.ceil(), self.wide) {
                let covered = cover(x as f64 + 0.5, y as f64 + 0.5).clamp(0.0, 1.0);
                if covered > 0.0 {
                    self.blends(x, y, colour, covered);
                }
            }
        }
    }

    fn fills(&mut self, edges: [f64; 4], colour: [u8; 3]) {
        let [left, top, right, bottom] = edges.map(|edge| edge * SCALE);
        let part = |at: f64, from: f64, to: f64| ((at + 0.5).min(to) - (at - 0.5).max(from)).max(0.0);
        let cover = |x: f64, y: f64| part(x, left, right) * part(y, top, bottom);
        self.covers([left, top, right, bottom], colour, cover);
    }

    /// A round line through points, so thick.
    fn strokes(&mut self, points: &[(f64, f64)], thick: f64, colour: [u8; 3]) {
        let half = thick * SCALE / 2.0;
        let at = |place: usize| points.get(place).map_or((0.0, 0.0), |(x, y)| (x * SCALE, y * SCALE));
        let pieces: Vec<_> = (0..points.len().max(2) - 1)
            .map(|place| (at(place), at((place + 1).min(points.len() - 1))))
            .collect();
        let sides = |pick: fn(&(f64, f64)) -> f64| {
            let numbers = points.iter().map(move |point| pick(point) * SCALE);
            let (low, high) = (numbers.clone().fold(f64::MAX, f64::min), numbers.fold(f64::MIN, f64::max));
            (low - half - 1.0, high + half + 1.0)
        };
        let ((left, right), (top, bottom)) = (sides(|point| point.0), sides(|point| point.1));
        // All pieces at once, or joints would be laid over twice.
        self.covers([left, top, right, bottom], colour, |x, y| {
            let near = pieces.iter().map(|(from, to)| distance((x, y), *from, *to)).fold(f64::MAX, f64::min);
            half + 0.5 - near
        });
    }
}

/// From a point to a line between two others.
fn distance((x, y): (f64, f64), (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> f64 {
    let (dx, dy) = (x2 - x1, y2 - y1);
    let long = dx.mul_add(dx, dy * dy);
    let along = if long == 0.0 { 0.0 } else { ((x - x1) * dx + (y - y1) * dy) / long };
    let along = along.clamp(0.0, 1.0);
    (x - along.mul_add(dx, x1)).hypot(y - along.mul_add(dy, y1))
}

/// The picture's bytes.
pub(super) fn png(wide: f64, high: f64, shapes: &[Shape]) -> Vec<u8> {
    let mut canvas = Canvas::new(wide, high);
    for shape in shapes {
        match shape {
            Shape::Box { edges, colour } => canvas.fills(*edges, colour.light()),
            Shape::Line { from, to, thick, colour } => canvas.strokes(&[*from, *to], *thick, colour.light()),
            Shape::Text { at, size, bold, end, text, colour } => {
                let wide = strokes(text, *at, *size).1;
                let left = if *end { at.0 - wide } else { at.0 };
                let thick = size * if *bold { 0.135 } else { 0.095 };
                for stroke in strokes(text, (left, at.1), *size).0 {
                    canvas.strokes(&stroke, thick, colour.light());
                }
            }
        }
    }
    written(&canvas).unwrap_or_default()
}

/// Nothing fails when a list of bytes is written to.
fn written(canvas: &Canvas) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(&mut bytes, side(canvas.wide), side(canvas.high));
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&canvas.bytes)?;
    writer.finish()?;
    Ok(bytes)
}
