//! `tsugime rules`: what operators' rules say, what they would have done, and who makes them weigh.

mod backtest;
mod check;
mod desk;
mod file;

use crate::exit::Done;

/// Operators' rules.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum RulesCommand {
    /// Checks a file of rules. Exit 2 with line and column of everything that is wrong.
    Check(check::Options),
    /// Lists what a rule can ask for.
    Names(check::NamesOptions),
    /// Tells what rules would have stopped, and whom they would have annoyed, from the attempts that are remembered.
    Backtest(backtest::Options),
    /// Proposes a file: it runs in shadow.
    Propose(desk::ProposeOptions),
    /// Makes a set weigh: the second person's part.
    Promote(desk::ChangeOptions),
    /// Ends a set at once.
    Retire(desk::ChangeOptions),
    /// Lists all sets.
    List(desk::ListOptions),
}

/// Runs one of them.
///
/// # Errors
/// The file or the options are refused; the database or the server does not answer.
pub(crate) async fn run(command: RulesCommand) -> Done {
    match command {
        RulesCommand::Check(options) => check::check(&options),
        RulesCommand::Names(options) => check::names(&options),
        RulesCommand::Backtest(options) => backtest::run(&options),
        RulesCommand::Propose(options) => desk::propose(options).await,
        RulesCommand::Promote(options) => desk::change(options, "promote").await,
        RulesCommand::Retire(options) => desk::change(options, "retire").await,
        RulesCommand::List(options) => desk::list(options).await,
    }
}
