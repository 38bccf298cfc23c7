//! The root keys: from the environment, or in development from a file that is made once.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use kernel::{Env, Keyring, private_folder};

const FILE: &str = "data/secret.keys";

/// What stands in `.env.example`: whoever copied it has no secret (ASVS 13.2.3).
const SAMPLE: &str = "c2FtcGxlLXNhbXBsZS1zYW1wbGUtc2FtcGxlLXNhbXA=";

/// Reads `SECRET_KEYS`; in production there is no default.
pub fn keyring(env: &Env) -> Keyring {
    let text = match env.text("SECRET_KEYS") {
        Some(text) if text.contains(SAMPLE) => {
            env.wrong("SECRET_KEYS", "is the sample: make your own with `openssl rand -base64 32`");
            Keyring::generate()
        }
        Some(text) => text.to_owned(),
        None if env.is_production() => {
            env.wrong("SECRET_KEYS", "is missing: set it to k1:$(openssl rand -base64 32)");
            Keyring::generate()
        }
        None => kept(Path::new(FILE)).unwrap_or_else(|_| {
            env.wrong("SECRET_KEYS", &format!("is unset and {FILE} cannot be read or made"));
            Keyring::generate()
        }),
    };
    Keyring::parse(&text).unwrap_or_else(|why| {
        env.wrong("SECRET_KEYS", &why);
        keyring(&Env::of([("SECRET_KEYS", Keyring::generate())]))
    })
}

/// The keys of development, made at the first start for the owner's eyes only (ASVS 13.3.2).
fn kept(path: &Path) -> io::Result<String> {
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    if !path.exists() {
        make(path)?;
    }
    fs::read_to_string(path)
}

/// Makes the file whole or not at all, for another process may start at the same moment; whoever
/// comes second finds it there.
fn make(path: &Path) -> io::Result<()> {
    let draft = path.with_extension(std::process::id().to_string());
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft)?.write_all(Keyring::generate().as_bytes())?;
    let made = fs::hard_link(&draft, path);
    fs::remove_file(draft)?;
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}
