//! Letters as strokes, so that a picture of pixels needs no font: each is a few polylines on a grid.

/// Each letter's lines, parted by `|`; a point is two digits, across and up. Up 0 is the depth of a `g`, 2 the line that
/// letters stand on, 6 the height of an `x`, 8 that of a capital.
const LETTERS: &[(char, &str)] = &[
    ('!', "08 04|02 02"),
    ('"', "08 06|18 16"),
    ('#', "12 28|32 48|04 44|06 46"),
    ('%', "02 48|07 07|43 43"),
    ('&', "42 16 17 28 37 36 04 03 12 22 44"),
    ('\'', "08 07"),
    ('(', "18 07 03 12"),
    (')', "08 17 13 02"),
    ('*', "05 45|27 23|17 33|37 13"),
    ('+', "05 45|27 23"),
    (',', "12 00"),
    ('-', "04 34"),
    ('.', "02 02"),
    ('/', "01 48"),
    ('0', "18 38 47 43 32 12 03 07 18"),
    ('1', "17 28 22|12 32"),
    ('2', "07 18 38 47 46 02 42"),
    ('3', "07 18 38 47 46 35 44 43 32 12 03|25 35"),
    ('4', "32 38 04 44"),
    ('5', "48 08 05 35 44 43 32 12 03"),
    ('6', "38 18 07 03 12 32 43 44 35 15 04"),
    ('7', "08 48 12"),
    ('8', "18 38 47 46 35 15 06 07 18|15 04 03 12 32 43 44 35"),
    ('9', "46 35 15 06 07 18 38 47 43 32 12"),
    (':', "02 02|05 05"),
    (';', "12 00|05 05"),
    ('<', "47 05 43"),
    ('=', "04 44|06 46"),
    ('>', "07 45 03"),
    ('?', "07 18 38 47 46 25 24|22 22"),
    ('A', "02 28 42|14 34"),
    ('B', "02 08 38 47 46 35 05|35 44 43 32 02"),
    ('C', "47 38 18 07 03 12 32 43"),
    ('D', "02 08 28 46 44 22 02"),
    ('E', "48 08 02 42|05 35"),
    ('F', "48 08 02|05 35"),
    ('G', "47 38 18 07 03 12 32 43 45 25"),
    ('H', "08 02|48 42|05 45"),
    ('I', "08 02"),
    ('J', "48 43 32 12 03"),
    ('K', "08 02|48 04|26 42"),
    ('L', "08 02 42"),
    ('M', "02 08 34 68 62"),
    ('N', "02 08 42 48"),
    ('O', "18 38 47 43 32 12 03 07 18"),
    ('P', "02 08 38 47 46 35 05"),
    ('Q', "18 38 47 43 32 12 03 07 18|34 42"),
    ('R', "02 08 38 47 46 35 05|25 42"),
    ('S', "47 38 18 07 06 15 35 44 43 32 12 03"),
    ('T', "08 48|28 22"),
    ('U', "08 03 12 32 43 48"),
    ('V', "08 22 48"),
    ('W', "08 12 36 52 68"),
    ('X', "08 42|02 48"),
    ('Y', "08 25 48|25 22"),
    ('Z', "08 48 02 42"),
    ('[', "28 08 02 22"),
    (']', "08 28 22 02"),
    ('_', "02 42"),
    ('a', "46 42|45 36 16 05 03 12 32 43"),
    ('b', "08 02|05 16 36 45 43 32 12 03"),
    ('c', "45 36 16 05 03 12 32 43"),
    ('d', "48 42|45 36 16 05 03 12 32 43"),
    ('e', "04 44 45 36 16 05 03 12 32 43"),
    ('f', "38 28 17 12|06 36"),
    ('g', "46 41 30 10 01|45 36 16 05 03 12 32 43"),
    ('h', "08 02|05 16 36 45 42"),
    ('i', "06 02|08 08"),
    ('j', "26 21 10 00|28 28"),
    ('k', "08 02|46 04|14 42"),
    ('l', "08 02"),
    ('m', "06 02|05 16 26 35 32|35 46 56 65 62"),
    ('n', "06 02|05 16 36 45 42"),
    ('o', "16 36 45 43 32 12 03 05 16"),
    ('p', "06 00|05 16 36 45 43 32 12 03"),
    ('q', "46 40|45 36 16 05 03 12 32 43"),
    ('r', "06 02|04 15 26 36"),
    ('s', "45 36 16 05 14 34 43 32 12 03"),
    ('t', "18 13 22 32|06 36"),
    ('u', "06 03 12 32 43|46 42"),
    ('v', "06 22 46"),
    ('w', "06 12 36 52 66"),
    ('x', "06 42|02 46"),
    ('y', "06 22|46 10 00"),
    ('z', "06 46 02 42"),
    ('|', "08 00"),
    ('·', "05 05"),
    ('…', "02 02|22 22|42 42"),
    ('¥', "08 25 48|25 22|05 45|14 34"),
];
/// Between two letters.
const GAP: f64 = 1.7;
/// Of a space.
const BLANK: f64 = 2.8;
/// The grid's units in the height of a font.
const UNITS: f64 = 9.5;
/// The line that letters stand on.
const STANDS: f64 = 2.0;

/// A point on the picture, to the right and down.
pub(super) type Point = (f64, f64);

/// The lines of a letter; of one that is not known, those of a question mark, so that nothing is left out unseen.
fn lines_of(letter: char) -> Vec<Vec<Point>> {
    let of = |letter| LETTERS.iter().find(|(known, _)| *known == letter).map(|(_, lines)| *lines);
    let found = if letter == ' ' { "" } else { of(letter).or_else(|| of('?')).unwrap_or_default() };
    let point = |text: &str| {
        let mut digits = text.chars().filter_map(|digit| digit.to_digit(10)).map(f64::from);
        digits.next().zip(digits.next())
    };
    let line = |text: &str| text.split(' ').filter_map(point).collect::<Vec<_>>();
    found.split('|').map(line).filter(|line| !line.is_empty()).collect()
}

/// The strokes of a text that begins at a point, in a font of so many pixels; and how wide it is.
pub(super) fn strokes(text: &str, (left, base): Point, size: f64) -> (Vec<Vec<Point>>, f64) {
    let unit = size / UNITS;
    let (mut found, mut across) = (Vec::new(), 0.0);
    for letter in text.chars() {
        let lines = lines_of(letter);
        let wide = lines.iter().flatten().map(|(x, _)| *x).fold(0.0, f64::max);
        let place = |(x, y): &Point| (left + (across + x) * unit, base - (y - STANDS) * unit);
        found.extend(lines.iter().map(|line| line.iter().map(place).collect::<Vec<_>>()));
        across += if lines.is_empty() { BLANK } else { wide + GAP };
    }
    (found, (across - GAP).max(0.0) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_a_picture_says_can_be_drawn() {
        let said =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789¥.,:;-()/_%'+=<>&\"[]!?#*|·…";
        for letter in said.chars() {
            assert!(!lines_of(letter).is_empty(), "{letter}");
            assert!(letter == '?' || lines_of(letter) != lines_of('?'), "{letter} is not known");
        }
        assert_eq!((lines_of('継'), lines_of(' ')), (lines_of('?'), Vec::new()));
        let (narrow, wide) = (strokes("ill", (0.0, 0.0), 10.0).1, strokes("mmm", (0.0, 0.0), 10.0).1);
        assert!(narrow > 0.0 && narrow < wide);
    }
}
