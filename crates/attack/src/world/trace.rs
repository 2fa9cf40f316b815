//! What happened, line by line: the same seed gives the same lines.

use terms::Time;

/// The lines of a play.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    step: u64,
    lines: Vec<String>,
}

impl Trace {
    /// The next step begins.
    pub(crate) const fn step(&mut self) {
        self.step += 1;
    }

    /// How many steps there were.
    pub(crate) const fn steps(&self) -> u64 {
        self.step
    }

    /// Writes a line.
    pub(crate) fn note(&mut self, now: Time, text: impl std::fmt::Display) {
        self.lines.push(format!("{:>6} {now} {text}", self.step));
    }

    /// All lines.
    pub(crate) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The last lines, at most so many.
    pub(crate) fn last(&self, most: usize) -> &[String] {
        &self.lines[self.lines.len().saturating_sub(most)..]
    }
}

/// 64 bits that stand for texts: FNV-1a (Fowler, Noll, Vo). To compare plays, never to keep a secret.
pub(crate) fn fingerprint<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for text in texts {
        for byte in text.as_ref().bytes().chain([b'\n']) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    state
}
