//! Writing a letter, in whosever words: never longer or for longer than it may.

use std::io;

use minijinja::{
    AutoEscape, Environment, Error as Flawed, ErrorKind, filters, syntax::SyntaxConfig,
    value::Serde,
};

use super::{
    Content,
    content::names,
    grammar::{self, Flaw},
};
use crate::{Error, Language, Topic};

/// How many steps a letter may take.
const FUEL: u64 = 100_000;

/// How deep a letter may nest.
const DEEPEST: usize = 20;

/// How many bytes a letter may have.
const LONGEST: usize = 256 * 1024;

/// How many characters a subject may have.
const SUBJECT: usize = 200;

/// The words of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub subject: String,
    pub body: String,
}

/// A letter as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
}

/// What is wrong with a source: in which part, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub part: &'static str,
    pub flaw: Flaw,
}

impl Source {
    /// Our own words.
    pub fn ours(language: Language) -> Self {
        let (subject, body) = match language {
            Language::English => (
                include_str!("../templates/subject.en.txt"),
                include_str!("../templates/body.en.txt"),
            ),
            Language::German => (
                include_str!("../templates/subject.de.txt"),
                include_str!("../templates/body.de.txt"),
            ),
        };
        Self { subject: subject.trim().to_owned(), body: body.to_owned() }
    }

    /// Whether letters about a topic can be written in these words: they are tried on a sample of one
    /// notification and on one of several.
    pub fn check(&self, topic: &Topic, language: Language) -> Result<(), Fault> {
        let declared = names(topic);
        for (part, source) in [("subject", &self.subject), ("body", &self.body)] {
            let fault = |flaw| Fault { part, flaw };
            grammar::check(source).map_err(fault)?;
            let letters = bounded();
            let template = letters.template_from_str(source).map_err(|it| fault(flaw(&it)))?;
            let mut spoken: Vec<_> = template.undeclared_variables(false).into_iter().collect();
            spoken.sort();
            if let Some(name) = spoken.into_iter().find(|it| !declared.contains(it)) {
                let line = grammar::line(source, source.find(&name).unwrap_or_default());
                let known: Vec<_> = declared.iter().map(String::as_str).collect();
                let message =
                    format!("{name} is no value of this topic; there are {}", known.join(", "));
                return Err(fault(Flaw { line, message }));
            }
        }
        for count in [1, 3, 60] {
            let content = Content::sample(topic, language, count);
            self.parts(&content).map_err(|(part, it)| Fault { part, flaw: flaw(&it) })?;
        }
        Ok(())
    }

    /// The letter in these words.
    pub fn letter(&self, content: &Content) -> Result<Letter, Flawed> {
        self.parts(content).map_err(|(_, flawed)| flawed)
    }

    fn parts(&self, content: &Content) -> Result<Letter, (&'static str, Flawed)> {
        // What was kept was let through; what is kept by now may have been altered.
        for (part, source) in [("subject", &self.subject), ("body", &self.body)] {
            let refused = |it: Flaw| (part, Flawed::new(ErrorKind::SyntaxError, it.message));
            grammar::check(source).map_err(refused)?;
        }
        let subject = rendered(&self.subject, content).map_err(|it| ("subject", it))?;
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = rendered(&self.body, content).map_err(|it| ("body", it))?;
        let text = paragraphs(&text);
        for (part, written) in [("subject", &subject), ("body", &text)] {
            if written.is_empty() {
                return Err((part, Flawed::new(ErrorKind::InvalidOperation, "nothing is written")));
            }
        }
        Ok(Letter { subject: subject.chars().take(SUBJECT).collect(), text })
    }
}

/// The letter in an organization's words, if it has any that can be used, else in ours.
pub fn write(
    own: Option<&Source>,
    topic: &Topic,
    language: Language,
    content: &Content,
) -> Result<Letter, Error> {
    match own.map(|own| own.letter(content)) {
        Some(Ok(letter)) => return Ok(letter),
        Some(Err(error)) => {
            let (topic, language) = (topic.key, language.tag());
            let (kind, line) = (error.kind(), error.line());
            tracing::warn!(topic, language, %kind, line, "an organization's words cannot be used; ours are");
        }
        None => {}
    }
    Ok(Source::ours(language).letter(content)?)
}

fn rendered(source: &str, content: &Content) -> Result<String, Flawed> {
    let letters = bounded();
    let mut written = Bounded(Vec::new());
    letters.template_from_str(source)?.render_captured_to(Serde(&content.0), &mut written)?;
    String::from_utf8(written.0)
        .map_err(|_| Flawed::new(ErrorKind::WriteFailure, "what is written is no text"))
}

/// An environment with nothing in it but what letters are written with.
fn bounded<'a>() -> Environment<'a> {
    let mut letters = Environment::empty();
    letters.set_fuel(Some(FUEL));
    letters.set_recursion_limit(DEEPEST);
    let lines = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    letters.set_syntax(lines.unwrap_or_default());
    // A letter is text; where it becomes HTML, all of it is escaped.
    letters.set_auto_escape_callback(|_| AutoEscape::None);
    letters.add_filter("capitalize", filters::capitalize);
    letters.add_filter("default", filters::default);
    letters.add_filter("first", filters::first);
    letters.add_filter("last", filters::last);
    letters.add_filter("length", filters::length);
    letters.add_filter("lower", filters::lower);
    letters.add_filter("title", filters::title);
    letters.add_filter("trim", filters::trim);
    letters.add_filter("upper", filters::upper);
    letters
}

/// Paragraphs apart by one empty line.
fn paragraphs(text: &str) -> String {
    let lines = text.lines().map(str::trim_end);
    let mut told = String::with_capacity(text.len());
    let mut empty = 0;
    for line in lines {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !told.is_empty() {
            told.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        told.push_str(line);
        empty = 0;
    }
    told
}

fn flaw(error: &Flawed) -> Flaw {
    let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    Flaw { line: error.line().unwrap_or(1), message }
}

/// Takes so much and no more.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(io::Error::other("the letter is too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
