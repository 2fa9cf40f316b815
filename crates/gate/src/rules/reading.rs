//! Reads an expression: the part of CEL in which nothing repeats, with every kind checked before it is ever worked out.

use super::{
    expression::{Arithmetic, Comparison, Fixed, Kind, Node, TextTest},
    mistake::Wrong,
    variable::Names,
    word::{Word, words},
};
use terms::Span;

/// The longest expression, in bytes.
pub const EXPRESSION_BYTES_MAX: usize = 2_000;
/// The deepest nesting.
pub const NESTING_MAX: usize = 32;
/// The longest list behind `in`.
pub const LIST_MAX: usize = 100;

/// A part that was read, with where it began and what stands above what in it.
struct Part {
    node: Node,
    kind: Kind,
    at: usize,
    depth: usize,
}

/// Reads an expression that is true or false.
pub(super) fn read(text: &str, names: &Names<'_>) -> Result<Node, Wrong> {
    if text.len() > EXPRESSION_BYTES_MAX {
        let what = format!("{} bytes; allowed are {EXPRESSION_BYTES_MAX}", text.len());
        return Err(Wrong::new(EXPRESSION_BYTES_MAX, what));
    }
    let mut reader = Reader { words: words(text)?, place: 0, depth: 0, names };
    let part = reader.choice()?;
    if *reader.word() != Word::End {
        return Err(reader.unexpected("an operator such as `&&`, or the end"));
    }
    is(&part, Kind::Bool, "a rule's condition")?;
    Ok(part.node)
}

fn is(part: &Part, kind: Kind, whose: &str) -> Result<(), Wrong> {
    if part.kind == kind {
        return Ok(());
    }
    let what = format!("{whose} has to be {}, and this is {}", kind.shown(), part.kind.shown());
    Err(Wrong::new(part.at, what))
}

struct Reader<'r> {
    words: Vec<(Word, usize)>,
    place: usize,
    depth: usize,
    names: &'r Names<'r>,
}

impl Reader<'_> {
    fn word(&self) -> &Word {
        self.words.get(self.place).map_or(&Word::End, |(word, _)| word)
    }

    fn at(&self) -> usize {
        self.words.get(self.place).or(self.words.last()).map_or(0, |(_, at)| *at)
    }

    fn took(&mut self, sign: &str) -> bool {
        let is_it = matches!(self.word(), Word::Sign(found) if *found == sign);
        if is_it {
            self.place += 1;
        }
        is_it
    }

    fn expect(&mut self, sign: &str) -> Result<(), Wrong> {
        if self.took(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn unexpected(&self, allowed: &str) -> Wrong {
        Wrong::new(self.at(), format!("{} stands here; expected is {allowed}", self.word().shown()))
    }

    fn made(node: Node, kind: Kind, at: usize, below: usize) -> Result<Part, Wrong> {
        if below >= NESTING_MAX {
            return Err(Wrong::new(at, format!("nested too deeply; allowed are {NESTING_MAX} levels")));
        }
        Ok(Part { node, kind, at, depth: below + 1 })
    }

    /// Everything that can stand in brackets comes through here: how deep it goes is bounded while it is read.
    fn choice(&mut self) -> Result<Part, Wrong> {
        if self.depth >= NESTING_MAX {
            let what = format!("nested too deeply; allowed are {NESTING_MAX} levels");
            return Err(Wrong::new(self.at(), what));
        }
        self.depth += 1;
        let condition = self.any()?;
        let part = if self.took("?") {
            is(&condition, Kind::Bool, "what stands before `?`")?;
            let yes = self.any()?;
            self.expect(":")?;
            let no = self.choice()?;
            is(&no, yes.kind, "what stands behind `:`")?;
            let below = condition.depth.max(yes.depth).max(no.depth);
            let kind = yes.kind;
            Self::made(
                Node::Either(Box::new((condition.node, yes.node, no.node))),
                kind,
                condition.at,
                below,
            )?
        } else {
            condition
        };
        self.depth -= 1;
        Ok(part)
    }

    fn any(&mut self) -> Result<Part, Wrong> {
        self.joined("||", Self::all, Node::Any)
    }

    fn all(&mut self) -> Result<Part, Wrong> {
        self.joined("&&", Self::compared, Node::All)
    }

    fn joined(
        &mut self,
        sign: &str,
        part: fn(&mut Self) -> Result<Part, Wrong>,
        make: fn(Vec<Node>) -> Node,
    ) -> Result<Part, Wrong> {
        let first = part(self)?;
        if !self.took(sign) {
            return Ok(first);
        }
        let whose = format!("each side of `{sign}`");
        is(&first, Kind::Bool, &whose)?;
        let (at, mut below, mut nodes) = (first.at, first.depth, vec![first.node]);
        loop {
            let next = part(self)?;
            is(&next, Kind::Bool, &whose)?;
            below = below.max(next.depth);
            nodes.push(next.node);
            if !self.took(sign) {
                return Self::made(make(nodes), Kind::Bool, at, below);
            }
        }
    }

    fn compared(&mut self) -> Result<Part, Wrong> {
        let mut left = self.sum()?;
        loop {
            let at = self.at();
            let how = match self.word() {
                Word::Sign("==") => Comparison::Equal,
                Word::Sign("!=") => Comparison::NotEqual,
                Word::Sign("<") => Comparison::Less,
                Word::Sign("<=") => Comparison::LessOrEqual,
                Word::Sign(">") => Comparison::Greater,
                Word::Sign(">=") => Comparison::GreaterOrEqual,
                Word::Name(name) if name == "in" => {
                    self.place += 1;
                    left = self.one_of(left)?;
                    continue;
                }
                _ => return Ok(left),
            };
            self.place += 1;
            let right = self.sum()?;
            if left.kind != right.kind {
                let what = format!("{} is compared with {}", left.kind.shown(), right.kind.shown());
                return Err(Wrong::new(at, what));
            }
            if left.kind == Kind::Bool && !matches!(how, Comparison::Equal | Comparison::NotEqual) {
                return Err(Wrong::new(at, "true and false have no order; allowed are `==` and `!=`"));
            }
            let below = left.depth.max(right.depth);
            let node = Node::Compared(how, Box::new((left.node, right.node)));
            left = Self::made(node, Kind::Bool, left.at, below)?;
        }
    }

    fn one_of(&mut self, inner: Part) -> Result<Part, Wrong> {
        self.expect("[")?;
        let mut list = Vec::new();
        while !self.took("]") {
            if !list.is_empty() {
                self.expect(",")?;
                // CEL allows a comma behind the last one.
                if self.took("]") {
                    break;
                }
            }
            if list.len() >= LIST_MAX {
                return Err(Wrong::new(
                    self.at(),
                    format!("the list is too long; allowed are {LIST_MAX} values"),
                ));
            }
            let one = self.negative()?;
            let Node::Fixed(fixed) = one.node else {
                return Err(Wrong::new(one.at, "only numbers and texts as they are can stand in a list"));
            };
            is(&Part { node: Node::Fixed(fixed.clone()), ..one }, inner.kind, "each value of the list")?;
            list.push(fixed);
        }
        Self::made(Node::OneOf(Box::new(inner.node), list), Kind::Bool, inner.at, inner.depth)
    }

    fn sum(&mut self) -> Result<Part, Wrong> {
        self.arithmetic(Self::product, &[("+", Arithmetic::Plus), ("-", Arithmetic::Minus)])
    }

    fn product(&mut self) -> Result<Part, Wrong> {
        let signs = [("*", Arithmetic::Times), ("/", Arithmetic::Divided), ("%", Arithmetic::Remainder)];
        self.arithmetic(Self::negative, &signs)
    }

    fn arithmetic(
        &mut self,
        part: fn(&mut Self) -> Result<Part, Wrong>,
        signs: &[(&'static str, Arithmetic)],
    ) -> Result<Part, Wrong> {
        let mut left = part(self)?;
        while let Some((sign, how)) = signs.iter().find(|(sign, _)| *self.word() == Word::Sign(sign)) {
            self.place += 1;
            let right = part(self)?;
            let whose = format!("each side of `{sign}`");
            is(&left, Kind::Int, &whose)?;
            is(&right, Kind::Int, &whose)?;
            let below = left.depth.max(right.depth);
            let node = Node::Counted(*how, Box::new((left.node, right.node)));
            left = Self::made(node, Kind::Int, left.at, below)?;
        }
        Ok(left)
    }

    fn negative(&mut self) -> Result<Part, Wrong> {
        let at = self.at();
        if self.took("!") {
            let inner = self.negated(Self::negative)?;
            is(&inner, Kind::Bool, "what stands behind `!`")?;
            return Self::made(Node::Not(Box::new(inner.node)), Kind::Bool, at, inner.depth);
        }
        if !self.took("-") {
            return self.member();
        }
        if let Word::Whole(number) = *self.word() {
            self.place += 1;
            return Ok(fixed(Fixed::Int(0i64.saturating_sub_unsigned(number)), at));
        }
        let inner = self.negated(Self::negative)?;
        is(&inner, Kind::Int, "what stands behind `-`")?;
        Self::made(Node::Negative(Box::new(inner.node)), Kind::Int, at, inner.depth)
    }

    fn negated(&mut self, inner: fn(&mut Self) -> Result<Part, Wrong>) -> Result<Part, Wrong> {
        if self.depth >= NESTING_MAX {
            let what = format!("nested too deeply; allowed are {NESTING_MAX} levels");
            return Err(Wrong::new(self.at(), what));
        }
        self.depth += 1;
        let part = inner(self)?;
        self.depth -= 1;
        Ok(part)
    }

    fn member(&mut self) -> Result<Part, Wrong> {
        let mut part = self.single()?;
        while self.took(".") {
            let at = self.at();
            let how = match self.word() {
                Word::Name(name) if name == "startsWith" => TextTest::StartsWith,
                Word::Name(name) if name == "endsWith" => TextTest::EndsWith,
                Word::Name(name) if name == "contains" => TextTest::Contains,
                Word::Name(name)
                    if matches!(name.as_str(), "all" | "exists" | "exists_one" | "map" | "filter") =>
                {
                    return Err(Wrong::new(
                        at,
                        format!("`{name}` repeats something, and nothing in a rule does"),
                    ));
                }
                _ => return Err(self.unexpected("`startsWith`, `endsWith` or `contains`")),
            };
            is(&part, Kind::Text, "what is looked into")?;
            self.place += 1;
            self.expect("(")?;
            let sought = self.choice()?;
            self.expect(")")?;
            is(&sought, Kind::Text, "what is looked for")?;
            let below = part.depth.max(sought.depth);
            let node = Node::Tested(how, Box::new((part.node, sought.node)));
            part = Self::made(node, Kind::Bool, part.at, below)?;
        }
        Ok(part)
    }

    fn single(&mut self) -> Result<Part, Wrong> {
        let at = self.at();
        let word = self.word().clone();
        let part = match word {
            Word::Sign("(") => {
                self.place += 1;
                let part = self.choice()?;
                self.expect(")")?;
                return Ok(part);
            }
            Word::Whole(number) => {
                let what = "the number is too large; allowed are up to 9223372036854775807";
                let number = i64::try_from(number).map_err(|_| Wrong::new(at, what))?;
                fixed(Fixed::Int(number), at)
            }
            Word::Text(text) => fixed(Fixed::Text(text), at),
            Word::Name(name) => match name.as_str() {
                "true" => fixed(Fixed::Bool(true), at),
                "false" => fixed(Fixed::Bool(false), at),
                "duration" => return self.duration(),
                "has" => return Err(Wrong::new(at, "`has` is not needed: every variable has a value")),
                _ => {
                    let (variable, kind) = self.names.find(&name).map_err(|what| Wrong::new(at, what))?;
                    Part { node: Node::Variable(variable), kind, at, depth: 1 }
                }
            },
            Word::Sign(_) | Word::End => return Err(self.unexpected("a value")),
        };
        self.place += 1;
        if *self.word() == Word::Sign("(") {
            return Err(Wrong::new(
                at,
                format!(
                    "{} is no function; allowed is `duration('72h')`",
                    self.words[self.place - 1].0.shown()
                ),
            ));
        }
        Ok(part)
    }

    fn duration(&mut self) -> Result<Part, Wrong> {
        let at = self.at();
        self.place += 1;
        self.expect("(")?;
        let Word::Text(text) = self.word().clone() else {
            return Err(self.unexpected("a duration in quotes, such as '72h'"));
        };
        let span = span_in(&text, &[("h", 3_600_000), ("m", 60_000), ("s", 1_000)]);
        let what = "a duration is a whole number and `h`, `m` or `s`, such as '72h'";
        let span = span.ok_or_else(|| Wrong::new(self.at(), what))?;
        self.place += 1;
        self.expect(")")?;
        Ok(fixed(Fixed::Duration(span.as_millis()), at))
    }
}

const fn fixed(fixed: Fixed, at: usize) -> Part {
    let kind = fixed.kind();
    Part { node: Node::Fixed(fixed), kind, at, depth: 1 }
}

/// A whole number and a unit.
pub(super) fn span_in(text: &str, units: &[(&str, i64)]) -> Option<Span> {
    let (unit, length) = units.iter().find(|(unit, _)| text.ends_with(unit))?;
    let number = text.strip_suffix(unit)?;
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    number.parse::<i64>().ok()?.checked_mul(*length).map(Span::millis)
}
