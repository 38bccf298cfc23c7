//! What the command line does.

pub mod keys;

use std::{
    fs::File,
    io::{BufRead, BufReader, ErrorKind, IsTerminal, Read, Write, stdin, stdout},
    path::Path,
    sync::Arc,
    time::Duration,
};

use audit_log::{PublicKey, Sound};
use kernel::{Clock, Env, House};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    signal::unix::{SignalKind, signal},
    time::{sleep, timeout},
};

use crate::{
    Config, Running, StartError, Task, docs, features, launch,
    start::{migrate, read, start},
};

/// How long a server that is to end still takes requests while `/readyz` says no, so that load
/// balancers look elsewhere first.
const NOTICE: Duration = Duration::from_secs(1);

/// Serves or works until it is asked to end.
pub async fn run(env: &Env, clock: Arc<dyn Clock>, task: Task) -> Result<(), StartError> {
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let running = launch(env, clock, task).await?;
    welcome(env, &running)?;
    tokio::select! {
        _ = terminate.recv() => {
            running.drain();
            sleep(NOTICE).await;
        }
        _ = interrupt.recv() => running.drain(),
    }
    running.stop().await;
    Ok(())
}

/// Takes every step that the database lacks.
pub async fn migrate_up(env: &Env) -> Result<(), StartError> {
    let (_, config) = read(env).await?;
    migrate(&config).await?;
    migrate_status(env).await
}

/// Takes the last steps back.
pub async fn migrate_down(env: &Env, steps: u32) -> Result<(), StartError> {
    let (_, config) = read(env).await?;
    migration::down(config.owner.as_ref().unwrap_or(&config.database.url), steps).await?;
    migrate_status(env).await
}

/// Lists the steps.
pub async fn migrate_status(env: &Env) -> Result<(), StartError> {
    let (_, config) = read(env).await?;
    for step in migration::status(&config.database.url).await? {
        say(&format!("{}  {}", if step.applied { "applied" } else { "pending" }, step.name))?;
    }
    Ok(())
}

/// Makes an administrator, beside a running server if need be.
pub async fn create_administrator(
    env: &Env,
    clock: Arc<dyn Clock>,
    email: &str,
) -> Result<(), StartError> {
    let started = start(env, clock).await?;
    let given = given_password()?;
    let password = given.clone().unwrap_or_else(auth::make_up_password);
    let door = started.built.ground.db().system();
    let made = auth::create_administrator(&door, email, &password.clone().into()).await;
    made.map_err(|error| StartError::Prepare(error.into()))?;
    say(&format!("{email} is an administrator."))?;
    if given.is_none() {
        say(&format!("Password: {password}"))?;
    }
    started.built.ground.db().close().await?;
    Ok(())
}

/// Has a link to choose another password mailed by whichever process runs jobs.
pub async fn reset_password(
    env: &Env,
    clock: Arc<dyn Clock>,
    email: &str,
) -> Result<(), StartError> {
    let started = start(env, clock).await?;
    let door = started.built.ground.db().system();
    let mailed = auth::mail_reset(&door, email).await;
    mailed.map_err(|error| StartError::Prepare(error.into()))?;
    say(&format!("A link to choose another password goes to {email}."))?;
    started.built.ground.db().close().await?;
    Ok(())
}

/// Verifies an export of an audit log, offline.
pub fn verify_export(export: &Path, key: &PublicKey) -> Result<(), StartError> {
    let lines: Box<dyn BufRead> = match export.to_str() {
        Some("-") => Box::new(stdin().lock()),
        _ => Box::new(BufReader::new(File::open(export)?)),
    };
    let Sound { from, head } = audit_log::verify_export(lines, key).map_err(StartError::Export)?;
    let entries = (head.size + 1).saturating_sub(from);
    say(&format!(
        "{}: {entries} entries, seq {from} to {}, are what was sealed.",
        head.origin, head.size
    ))
}

/// Makes a new key that signs audit logs.
pub async fn rotate_key(env: &Env, clock: Arc<dyn Clock>) -> Result<(), StartError> {
    let started = start(env, clock).await?;
    let door = started.built.ground.db().system();
    let rotated = door.run(async |tx| audit_log::rotate_signing_key(tx).await).await;
    rotated.map_err(|error| StartError::Prepare(error.into()))?;
    started.built.ground.db().close().await?;
    say("A new key signs audit logs from now on.")
}

/// Prints the OpenAPI document, which depends on nothing that can be set.
pub async fn print_document() -> Result<(), StartError> {
    let env = Env::of([("MAIL_URL", "smtp://localhost")]);
    let house = House::of(features(&env)).await?;
    let document = docs::complete(house.document().clone());
    say(&document.to_pretty_json().map_err(std::io::Error::other)?)
}

/// Asks the server that listens on `LISTEN` whether it lives.
pub async fn check_health(env: &Env) -> Result<(), StartError> {
    let listen = Config::listen(env).replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]");
    let asking = async {
        let mut stream = TcpStream::connect(&listen).await?;
        stream
            .write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    };
    let late = |_| std::io::Error::from(ErrorKind::TimedOut);
    let answer: String = timeout(Duration::from_secs(3), asking).await.map_err(late).flatten()?;
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(StartError::Unhealthy(listen)) }
}

/// What was piped in, without the line's end.
fn given_password() -> Result<Option<String>, StartError> {
    if stdin().is_terminal() {
        return Ok(None);
    }
    let mut text = String::new();
    stdin().read_to_string(&mut text)?;
    let text = text.trim_end_matches(['\r', '\n']);
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Says where everything is; in production the log says it, and never a password.
fn welcome(env: &Env, running: &Running) -> Result<(), StartError> {
    let first = auth::first_administrator(running.ground.db().system().view());
    if let Some(address) = running.address {
        tracing::info!(%address, "listening");
    } else {
        tracing::info!("working");
    }
    if env.is_production() {
        if let Some(first) = first {
            tracing::info!(email = first.email, "the first administrator was made");
        }
        return Ok(());
    }
    let mut lines = vec![String::new(), "  Groundwork is ready.".to_owned()];
    if let Some(first) = first {
        let password = first.password.unwrap_or_else(|| "the ADMIN_PASSWORD you set".to_owned());
        lines.push(format!("  Administrator  {}", first.email));
        lines.push(format!("  Password       {password}   (told this once)"));
    }
    if let Some(address) = running.address {
        lines.push(format!("  API            http://{address}/api/v1"));
        lines.push(format!("  Documentation  http://{address}/docs/"));
    }
    lines.push(String::new());
    say(&lines.join("\n"))
}

/// Says it to whoever reads standard output, if anybody still does.
fn say(text: &str) -> Result<(), StartError> {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
