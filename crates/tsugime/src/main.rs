//! Tsugime: a wallet core for funds-transfer operators. This is the program and its commands.

#![warn(clippy::print_stdout)]

mod clock;
mod commands;
mod config;
mod exit;
mod folder;
mod linkage;
mod outside;
mod paper;
mod seed;
mod stop;
mod wallet;

use clap::{Parser, Subcommand};
use commands::{
    assess, attack, backup, bench, bench_gate, bench_ledger, bench_scale, demo, desk, keys, lift, migrate,
    prove, restore, rules, sandbox, serve, smoke,
};
use exit::{Done, Ended};
use std::{path::PathBuf, process::ExitCode};
use tracing_subscriber::EnvFilter;

/// Rows are made on one thread and freed on another, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A wallet core that leaves no seam: sign-up, identity, bank links, payments.
///
/// Exit codes: 0 done, 1 found false, 2 refused input or configuration, 3 a fault outside.
#[derive(Debug, Parser)]
#[command(name = "tsugime", version)]
struct Program {
    /// Write the log as JSON lines. `RUST_LOG` sets what is logged.
    #[arg(long, global = true)]
    log_json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything on this machine: wallet, 35 pretend banks, seeded people.
    Demo(demo::Options),
    /// The wallet server.
    Serve {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
    },
    /// The pretend world outside: banks, verifier, phones, shop.
    Sandbox(sandbox::Options),
    /// Plays a customer's whole life against a running server and checks every balance on both sides.
    Smoke(smoke::Options),
    /// Stops: all banks, a bank, a method or an operation, at once.
    Stop(desk::StopOptions),
    /// Lists what is stopped.
    Stops {
        #[command(flatten)]
        server: desk::Server,
    },
    /// Lets something go on again: one person asks, another one confirms.
    Resume(desk::ResumeOptions),
    /// Lists links that a bank's word suspended.
    Suspended {
        #[command(flatten)]
        server: desk::Server,
    },
    /// Lifts a link's suspension: one person asks, another one confirms.
    Lift(lift::Options),
    /// The operator's staff.
    #[command(subcommand)]
    Operator(desk::OperatorCommand),
    /// Operators' rules: check, back-test, propose, promote.
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    /// The book.
    #[command(subcommand)]
    Ledger(Ledger),
    /// Copies the database while the server runs, and proves the copy.
    Backup(backup::Options),
    /// Makes a new data folder, or fills an empty database, from a backup, and proves it.
    Restore(restore::Options),
    /// Keys: puts the gate's tags under a new one.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Brings the schema of a database up to date.
    Migrate(migrate::Options),
    /// How money could leave a stranger's account under a linkage; exit 2 and the reasons if it must be refused.
    Assess(assess::Options),
    /// Plays attackers and ordinary people against the wallet, in memory and virtual time, from a scenario file.
    Attack(attack::Options),
    /// Throughput and latency, with the conditions stated.
    #[command(subcommand)]
    Bench(Bench),
}

#[derive(Debug, Subcommand)]
enum Ledger {
    /// Proves the whole book: sums, floors, holds, chain, signatures. Exit 1 with the first violation.
    Prove(prove::Options),
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Authenticated transfers over HTTP, beside an endpoint that does nothing.
    Http(bench::Options),
    /// Verdicts in memory, evidence from years of attempts, and the gate's share of a top-up.
    Gate(bench_gate::Options),
    /// Transfers of the book alone, beside the speed of light and PostgreSQL one by one.
    Ledger(bench_ledger::Options),
    /// A year of ordinary life at full size before the gate, with guessers in it.
    Scale(bench_scale::Options),
}

fn main() -> ExitCode {
    let program = Program::parse();
    log(program.log_json);
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return Ended::Fault("TLS cannot be set up twice".to_owned()).report();
    }
    let done = match program.command {
        Command::Ledger(Ledger::Prove(options)) => prove::prove(&options),
        Command::Backup(options) => backup::run(&options),
        Command::Restore(options) => restore::run(&options),
        Command::Keys(command) => keys::run(&command),
        Command::Migrate(options) => migrate::run(&options),
        Command::Assess(options) => assess::run(&options),
        other => match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(run(other)),
            Err(why) => Err(Ended::fault("threads", why)),
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(ended) => ended.report(),
    }
}

async fn run(command: Command) -> Done {
    match command {
        Command::Demo(options) => demo::run(options).await,
        Command::Serve { config } => serve::serve(&config).await,
        Command::Sandbox(options) => sandbox::run(options).await,
        Command::Smoke(options) => smoke::run(options).await,
        Command::Stop(options) => desk::stop(options).await,
        Command::Stops { server } => desk::stops(server).await,
        Command::Resume(options) => desk::resume(options).await,
        Command::Suspended { server } => lift::suspended(server).await,
        Command::Lift(options) => lift::lift(options).await,
        Command::Operator(command) => desk::operator(command).await,
        Command::Attack(options) => attack::attack(options).await,
        Command::Rules(command) => rules::run(command).await,
        Command::Bench(Bench::Http(options)) => bench::run(options).await,
        Command::Bench(Bench::Gate(options)) => bench_gate::run(&options),
        Command::Bench(Bench::Ledger(options)) => bench_ledger::run(options).await,
        Command::Bench(Bench::Scale(options)) => bench_scale::scale(options).await,
        Command::Ledger(Ledger::Prove(options)) => prove::prove(&options),
        Command::Backup(options) => backup::run(&options),
        Command::Restore(options) => restore::run(&options),
        Command::Keys(command) => keys::run(&command),
        Command::Migrate(options) => migrate::run(&options),
        Command::Assess(options) => assess::run(&options),
    }
}

fn log(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json {
        lines.json().init();
    } else {
        lines.compact().init();
    }
}
