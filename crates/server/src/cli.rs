//! The command line.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use audit_log::PublicKey;
use clap::{Parser, Subcommand};
use kernel::{Env, SystemClock};

use crate::{
    StartError, Task,
    commands::{self, keys},
    telemetry,
};

/// Groundwork: the backend a team starts a multi-tenant product from.
#[derive(Parser)]
#[command(name = "server", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Answer requests and run jobs; this is what happens without a command.
    Serve {
        /// Leave jobs to others.
        #[arg(long)]
        no_worker: bool,
    },
    /// Run jobs and answer no requests.
    Worker,
    /// Change the schema, or see how it stands.
    Migrate {
        #[command(subcommand)]
        way: Migrate,
    },
    /// See to administrators.
    Admin {
        #[command(subcommand)]
        what: Admin,
    },
    /// See to the keys that sign access tokens.
    Keys {
        #[command(subcommand)]
        what: Keys,
    },
    /// Verify exported audit logs, or see to the key that signs them.
    Audit {
        #[command(subcommand)]
        what: Audit,
    },
    /// Print the OpenAPI document.
    Openapi,
    /// Ask the server that listens on `LISTEN` whether it lives; for containers.
    Healthcheck,
}

#[derive(Subcommand)]
enum Migrate {
    /// Take every step that the database lacks.
    Up,
    /// Take steps back.
    Down {
        /// How many.
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// List the steps.
    Status,
}

#[derive(Subcommand)]
enum Admin {
    /// Make an administrator; the password is read from standard input, or made up and printed.
    Create {
        /// The mail address.
        #[arg(long)]
        email: String,
    },
    /// Mail somebody a link to choose another password.
    ResetPassword {
        /// The mail address.
        #[arg(long)]
        email: String,
    },
}

#[derive(Subcommand)]
enum Keys {
    /// List them.
    List,
    /// Make a new one out of turn. It signs after the overlap; tokens that are good stay so.
    Rotate {
        /// Let it sign at once.
        #[arg(long)]
        now: bool,
    },
    /// Remove one that somebody else may have: no token of it is good any more.
    Revoke {
        /// Its id, as the list tells it.
        kid: String,
    },
}

#[derive(Subcommand)]
enum Audit {
    /// Find out offline whether an NDJSON export is what was sealed and signed.
    Verify {
        /// The file; `-` is standard input.
        export: PathBuf,
        /// The key: `name+hash+key` as a checkpoint tells it, or 32 bytes in base64.
        #[arg(long)]
        public_key: PublicKey,
    },
    /// Make a new key, which signs from now on; the others still verify.
    RotateKey,
}

/// Runs what the command line asks for.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // All TLS uses one provider; it fails only where it has been chosen already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let env = Env::load();
    telemetry::begin(&env);
    let done = actix_web::rt::System::new().block_on(run(&env, arguments.command));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(env: &Env, command: Option<Command>) -> Result<(), StartError> {
    let clock = Arc::new(SystemClock);
    match command.unwrap_or(Command::Serve { no_worker: false }) {
        Command::Serve { no_worker: false } => commands::run(env, clock, Task::ServeAndWork).await,
        Command::Serve { no_worker: true } => commands::run(env, clock, Task::Serve).await,
        Command::Worker => commands::run(env, clock, Task::Work).await,
        Command::Migrate { way: Migrate::Up } => commands::migrate_up(env).await,
        Command::Migrate { way: Migrate::Down { steps } } => {
            commands::migrate_down(env, steps).await
        }
        Command::Migrate { way: Migrate::Status } => commands::migrate_status(env).await,
        Command::Admin { what: Admin::Create { email } } => {
            commands::create_administrator(env, clock, &email).await
        }
        Command::Admin { what: Admin::ResetPassword { email } } => {
            commands::reset_password(env, clock, &email).await
        }
        Command::Keys { what: Keys::List } => keys::list(env, clock).await,
        Command::Keys { what: Keys::Rotate { now } } => {
            let begins = if now { auth::Begins::AtOnce } else { auth::Begins::Announced };
            keys::rotate(env, clock, begins).await
        }
        Command::Keys { what: Keys::Revoke { kid } } => keys::revoke(env, clock, &kid).await,
        Command::Audit { what: Audit::Verify { export, public_key } } => {
            commands::verify_export(&export, &public_key)
        }
        Command::Audit { what: Audit::RotateKey } => commands::rotate_key(env, clock).await,
        Command::Openapi => commands::print_document().await,
        Command::Healthcheck => commands::check_health(env).await,
    }
}

#[expect(clippy::print_stderr, reason = "this is said to a person at a terminal")]
fn complain(error: &StartError) {
    eprintln!("groundwork: {error}");
}
