//! A read expression, and what it comes to. Each part is worked out at most once: there is nothing that repeats.

use super::variable::{Known, Variable};

/// What kind of value an expression has; told from its text alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int,
    Text,
    Duration,
}

impl Kind {
    pub(super) const fn shown(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Int => "a number",
            Self::Text => "a text",
            Self::Duration => "a duration",
        }
    }
}

/// A value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value<'v> {
    Bool(bool),
    Int(i64),
    Text(&'v str),
    /// In milliseconds.
    Duration(i64),
}

/// A value that stands in the expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fixed {
    Bool(bool),
    Int(i64),
    Text(String),
    Duration(i64),
}

impl Fixed {
    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Text(_) => Kind::Text,
            Self::Duration(_) => Kind::Duration,
        }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Text(value) => Value::Text(value),
            Self::Duration(value) => Value::Duration(*value),
        }
    }
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn of(self, left: Value<'_>, right: Value<'_>) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

/// How two numbers become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Plus,
    Minus,
    Times,
    Divided,
    Remainder,
}

impl Arithmetic {
    fn of(self, left: i64, right: i64) -> Result<i64, Failed> {
        let found = match self {
            Self::Plus => left.checked_add(right),
            Self::Minus => left.checked_sub(right),
            Self::Times => left.checked_mul(right),
            Self::Divided | Self::Remainder if right == 0 => return Err(Failed::DivisionByZero),
            Self::Divided => left.checked_div(right),
            Self::Remainder => left.checked_rem(right),
        };
        found.ok_or(Failed::TooLarge)
    }
}

/// What is asked of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

/// Why an expression comes to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failed {
    /// A number was divided by zero.
    DivisionByZero,
    /// A number left the range of 64 bits.
    TooLarge,
    /// A count that the expression needs was not made.
    NotCounted,
    /// Something that only the moment itself knew is asked of the past.
    NotRecorded,
    /// Its reader let something through that it should not.
    Unsound,
}

impl Failed {
    /// The word that findings show.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DivisionByZero => "division_by_zero",
            Self::TooLarge => "too_large",
            Self::NotCounted => "not_counted",
            Self::NotRecorded => "not_recorded",
            Self::Unsound => "unsound",
        }
    }
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Fixed(Fixed),
    Variable(Variable),
    Not(Box<Node>),
    Negative(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
    Compared(Comparison, Box<(Node, Node)>),
    Counted(Arithmetic, Box<(Node, Node)>),
    OneOf(Box<Node>, Vec<Fixed>),
    Tested(TextTest, Box<(Node, Node)>),
    /// Condition, then, else.
    Either(Box<(Node, Node, Node)>),
}

impl Node {
    /// Whether it holds.
    pub(super) fn holds(&self, known: &Known<'_>) -> Result<bool, Failed> {
        match self.value(known)? {
            Value::Bool(holds) => Ok(holds),
            _ => Err(Failed::Unsound),
        }
    }

    /// Shows every part of it, once.
    pub(super) fn visit(&self, see: &mut impl FnMut(&Self)) {
        see(self);
        match self {
            Self::Fixed(_) | Self::Variable(_) => {}
            Self::Not(inner) | Self::Negative(inner) | Self::OneOf(inner, _) => inner.visit(see),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit(see)),
            Self::Compared(_, pair) | Self::Counted(_, pair) | Self::Tested(_, pair) => {
                pair.0.visit(see);
                pair.1.visit(see);
            }
            Self::Either(parts) => {
                [&parts.0, &parts.1, &parts.2].into_iter().for_each(|part| part.visit(see))
            }
        }
    }

    fn number(&self, known: &Known<'_>) -> Result<i64, Failed> {
        match self.value(known)? {
            Value::Int(number) => Ok(number),
            _ => Err(Failed::Unsound),
        }
    }

    fn text<'k>(&'k self, known: &'k Known<'_>) -> Result<&'k str, Failed> {
        match self.value(known)? {
            Value::Text(text) => Ok(text),
            _ => Err(Failed::Unsound),
        }
    }

    fn value<'k>(&'k self, known: &'k Known<'_>) -> Result<Value<'k>, Failed> {
        Ok(match self {
            Self::Fixed(fixed) => fixed.value(),
            Self::Variable(variable) => known.value(variable)?,
            Self::Not(inner) => Value::Bool(!inner.holds(known)?),
            Self::Negative(inner) => Value::Int(inner.number(known)?.checked_neg().ok_or(Failed::TooLarge)?),
            Self::All(parts) => Value::Bool(!decided_by(false, parts, known)?),
            Self::Any(parts) => Value::Bool(decided_by(true, parts, known)?),
            Self::Compared(how, pair) => Value::Bool(how.of(pair.0.value(known)?, pair.1.value(known)?)),
            Self::Counted(how, pair) => Value::Int(how.of(pair.0.number(known)?, pair.1.number(known)?)?),
            Self::OneOf(inner, list) => {
                let value = inner.value(known)?;
                Value::Bool(list.iter().any(|one| one.value() == value))
            }
            Self::Tested(how, pair) => {
                let (text, part) = (pair.0.text(known)?, pair.1.text(known)?);
                Value::Bool(match how {
                    TextTest::StartsWith => text.starts_with(part),
                    TextTest::EndsWith => text.ends_with(part),
                    TextTest::Contains => text.contains(part),
                })
            }
            Self::Either(parts) => {
                if parts.0.holds(known)? {
                    parts.1.value(known)?
                } else {
                    parts.2.value(known)?
                }
            }
        })
    }
}

/// Whether a part is `deciding`. Such a part decides even beside one that fails, whichever comes first: so says CEL.
fn decided_by(deciding: bool, parts: &[Node], known: &Known<'_>) -> Result<bool, Failed> {
    let mut failed = None;
    for part in parts {
        match part.holds(known) {
            Ok(holds) if holds == deciding => return Ok(true),
            Ok(_) => {}
            Err(why) => failed = failed.or(Some(why)),
        }
    }
    failed.map_or(Ok(false), Err)
}
