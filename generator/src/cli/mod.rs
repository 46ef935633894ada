//! The command line: what was typed, what was meant, and the exit code. One file a command.
//!
//! Exit codes: 0 done, 1 an editor's mistake, 2 the environment failed or the command was wrong. Only this layer
//! wires the generator with the checkout, reads the clock and the environment.

/// A line on standard output. Nobody may be reading any more (`shopfront orders | head`), which is no failure.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

mod books;
mod build;
mod catalog;
mod check;
mod clean;
mod diff;
mod external;
mod fmt;
mod import;
mod init;
mod new;
mod orders;
mod reconcile;
mod report;
mod schema;
mod serve;
mod shop;
mod stock;
mod translations;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Builds and runs shops from Markdown and YAML.
#[derive(Debug, Parser)]
#[command(name = "shopfront", version, propagate_version = true, arg_required_else_help = true)]
struct Arguments {
    /// The shop's folder.
    #[arg(long, short = 'C', global = true, value_name = "DIR", default_value = ".")]
    shop: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a small complete shop in a new folder.
    Init(init::Arguments),
    /// Build the site into a folder.
    Build(build::Arguments),
    /// Show the shop on this machine, with test payments, and rebuild on every change.
    Serve(serve::Arguments),
    /// Check everything and write nothing.
    Check(check::Arguments),
    /// Put the shop's files into the house's form: the order of keys, quotes, indentation.
    Fmt(fmt::Arguments),
    /// List the pages whose output differs from another revision's.
    Diff(diff::Arguments),
    /// List what is not translated, and what is older than its original.
    Translations(translations::Arguments),
    /// Remove what can be made again: the cache and the catalogue bundle. Orders stay.
    Clean,
    /// Make a new product, page or post.
    New(new::Arguments),
    /// List what is sold, show it, or export it.
    Catalog(catalog::Arguments),
    /// Bring products, posts and pages over from another system.
    Import(import::Arguments),
    /// List the orders, or show one.
    Orders(orders::Arguments),
    /// List what is in stock, or say how many lie on the shelf.
    Stock(stock::Arguments),
    /// Compare the orders with the gateways' books.
    Reconcile(reconcile::Arguments),
    /// Write the JSON Schemas of all files, for editors that complete and check as one types.
    Schema(schema::Arguments),
    /// Print a completion script for a shell.
    Completions {
        /// bash, elvish, fish, powershell or zsh
        shell: clap_complete::Shell,
    },
}

/// What a command found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Well,
    WithMistakes,
}

/// Runs the program.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let shop = arguments.shop;
    let result = match arguments.command {
        Command::Init(arguments) => init::run(&arguments),
        Command::Build(arguments) => build::run(&shop, &arguments),
        Command::Serve(arguments) => serve::run(&shop, &arguments),
        Command::Check(arguments) => check::run(&shop, &arguments),
        Command::Fmt(arguments) => fmt::run(&shop, &arguments),
        Command::Diff(arguments) => diff::run(&shop, &arguments),
        Command::Translations(arguments) => translations::run(&shop, &arguments),
        Command::Clean => clean::run(&shop),
        Command::New(arguments) => new::run(&shop, &arguments),
        Command::Catalog(arguments) => catalog::run(&shop, &arguments),
        Command::Import(arguments) => import::run(&shop, &arguments),
        Command::Orders(arguments) => orders::run(&shop, &arguments),
        Command::Stock(arguments) => stock::run(&shop, &arguments),
        Command::Reconcile(arguments) => reconcile::run(&shop, &arguments),
        Command::Schema(arguments) => schema::run(&shop, &arguments),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "shopfront", &mut std::io::stdout());
            Ok(Done::Well)
        }
    };
    match result {
        Ok(Done::Well) => ExitCode::SUCCESS,
        Ok(Done::WithMistakes) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
