//! The environment, read once at start; every problem with it is told at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Display},
    ops::RangeInclusive,
    path::Path,
    str::FromStr,
    sync::{Mutex, PoisonError},
};

/// The variables, and what is wrong with those that were read.
#[derive(Debug, Default)]
pub struct Env {
    values: BTreeMap<String, String>,
    filed: BTreeSet<String>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    names: BTreeSet<String>,
    problems: Vec<String>,
}

/// What is wrong with the environment, a line each; never a value.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError(pub Vec<String>);

impl Env {
    /// The process's environment and, where it says nothing, the file `.env` of this folder.
    pub fn load() -> Self {
        let mut env = Self::of(std::env::vars());
        match dotenvy::from_path_iter(Path::new(".env")) {
            Ok(pairs) => {
                for pair in pairs {
                    match pair {
                        Ok((name, value)) => {
                            env.filed.insert(name.clone());
                            env.values.entry(name).or_insert(value);
                        }
                        Err(_) => env.wrong(".env", "has a line that is not NAME=value"),
                    }
                }
            }
            Err(error) if error.not_found() => {}
            Err(_) => env.wrong(".env", "cannot be read"),
        }
        env
    }

    /// An environment of just these variables.
    pub fn of<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let values = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self { values: values.collect(), ..Self::default() }
    }

    /// Whether `APP_ENV` is `production`.
    pub fn is_production(&self) -> bool {
        self.choice("APP_ENV", &[("development", false), ("production", true)])
    }

    /// Where people and other services reach the server, from `PUBLIC_URL` and without a slash at
    /// its end: the beginning of every link, whatever `Host` a request names (A9). In development it
    /// follows the port of `LISTEN` where it is unset.
    pub fn public_url(&self) -> String {
        let unset = self.text("PUBLIC_URL").is_none();
        if unset && self.is_production() {
            self.wrong("PUBLIC_URL", "is missing: it begins every link that is mailed");
        }
        let port = self.text("LISTEN").and_then(|it| it.rsplit(':').next()).unwrap_or("8080");
        let near = format!("http://localhost:{port}");
        let url = self.text("PUBLIC_URL").unwrap_or(&near);
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let plain = rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#@\"<>".contains(&byte));
        if !matches!(scheme, "http" | "https") || rest.is_empty() || !plain {
            self.wrong(
                "PUBLIC_URL",
                "must be http://… or https://…, without user, query or fragment",
            );
        }
        url.trim_end_matches('/').to_owned()
    }

    /// Which pages may call from a browser, from `CORS_ORIGINS`. Origins are compared as they stand, so a
    /// path or a slash at the end would never match (ASVS 3.4.2).
    pub fn cors_origins(&self) -> Vec<String> {
        let parts = self.text("CORS_ORIGINS").unwrap_or_default().split(',').map(str::trim);
        let origins: Vec<_> = parts.filter(|it| !it.is_empty()).map(str::to_owned).collect();
        let sound = |origin: &String| {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', '?', '#', '@']))
        };
        if !origins.iter().all(sound) {
            self.wrong(
                "CORS_ORIGINS",
                "must be origins such as https://app.example.com, apart by commas",
            );
        }
        origins
    }

    /// A variable's text; what is empty counts as unset.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.seen().names.insert(name.to_owned());
        self.values.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// A variable as a `T`, or `default` where it is unset.
    pub fn parsed<T: FromStr>(&self, name: &str, default: T, what: &str) -> T {
        let Some(text) = self.text(name) else { return default };
        text.parse().unwrap_or_else(|_| {
            self.wrong(name, &format!("must be {what}"));
            default
        })
    }

    /// A number within bounds, or `default` where it is unset.
    pub fn within<T>(&self, name: &str, default: T, bounds: RangeInclusive<T>) -> T
    where
        T: Copy + Display + FromStr + PartialOrd,
    {
        let Some(text) = self.text(name) else { return default };
        text.parse().ok().filter(|number| bounds.contains(number)).unwrap_or_else(|| {
            let (least, most) = (bounds.start(), bounds.end());
            self.wrong(name, &format!("must be a number from {least} to {most}"));
            default
        })
    }

    /// One of a few words; the first where it is unset.
    ///
    /// # Panics
    /// Where there is no choice at all.
    #[expect(clippy::indexing_slicing, reason = "a choice of nothing is a mistake of the code")]
    pub fn choice<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> T {
        let default = words[0].1;
        let Some(text) = self.text(name) else { return default };
        let chosen = words.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        chosen.unwrap_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(name, &format!("must be {}", words.join(" or ")));
            default
        })
    }

    /// Notes what is wrong with a variable, without its value: it might be a secret.
    pub fn wrong(&self, name: &str, why: &str) {
        let problem = format!("{name} {why}");
        let mut seen = self.seen();
        if !seen.problems.contains(&problem) {
            seen.problems.push(problem);
        }
    }

    /// Everything that was wrong with what has been read so far.
    pub fn check(&self) -> Result<(), ConfigError> {
        let problems = self.seen().problems.clone();
        if problems.is_empty() { Ok(()) } else { Err(ConfigError(problems)) }
    }

    /// Names that stand in `.env` and that nobody has read: misspelt, most likely.
    pub fn unread(&self) -> Vec<String> {
        let seen = self.seen();
        self.filed.difference(&seen.names).cloned().collect()
    }

    /// Every name that was read, for the test that holds `.env.example` to them.
    pub fn names(&self) -> BTreeSet<String> {
        self.seen().names.clone()
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is not right:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_told_at_once_and_no_value_with_it() {
        let env = Env::of([("POOL", "many"), ("MODE", "hunter2"), ("SIZE", "7"), ("EMPTY", " ")]);

        assert_eq!(env.within("POOL", 4, 2..=100), 4);
        assert!(env.choice("MODE", &[("on", true), ("off", false)]));
        assert_eq!(env.within("SIZE", 1, 1..=9), 7);
        assert_eq!(env.text("EMPTY"), None);

        let told = env.check().unwrap_err().to_string();
        assert!(told.contains("POOL must be a number from 2 to 100"), "{told}");
        assert!(told.contains("MODE must be on or off") && !told.contains("hunter2"), "{told}");
    }
}
