//! Operators' rules: what is refused and where, what holds, and that nothing is slow.

mod against_cel;
mod against_rust;
mod backtest;
mod bad_rules;
mod bounds;
mod dice;
mod documented;
mod in_force;
mod judged;
mod written;
