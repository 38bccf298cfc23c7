//! The part of minijinja that organizations write in: values, a few filters, `if` and `for`.
//!
//! What is not named here is refused before minijinja sees it. So nothing can be assigned, concatenated,
//! multiplied, included or called, and no value is ever longer than what the letter was given.

/// What may begin a statement.
const STATEMENTS: [&str; 6] = ["for", "endfor", "if", "elif", "else", "endif"];

/// What may follow a `|`.
pub const FILTERS: [&str; 9] =
    ["capitalize", "default", "first", "last", "length", "lower", "title", "trim", "upper"];

/// Words of the language that would do something else.
const REFUSED: [&str; 3] = ["is", "recursive", "self"];

const MARKS: [&str; 11] = ["==", "!=", "<=", ">=", "<", ">", ".", "|", ",", "(", ")"];

/// What is wrong with a template, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    pub line: usize,
    pub message: String,
}

/// Whether a template is written in this part of the language; minijinja checks how it is put together.
pub fn check(source: &str) -> Result<(), Flaw> {
    let mut rest = source;
    while let Some(at) =
        rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min()
    {
        let begun = source.len() - rest.len() + at;
        let flaw = |message: String| Flaw { line: line(source, begun), message };
        let (open, inside) = rest.split_at(at).1.split_at(2);
        let close = match open {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#}",
        };
        let Some(end) = inside.find(close) else {
            return Err(flaw(format!("what begins with {open} has no {close}")));
        };
        let (code, behind) = inside.split_at(end);
        if open != "{#" {
            let code = code.strip_prefix('-').unwrap_or(code);
            let words = words(code.strip_suffix('-').unwrap_or(code)).map_err(&flaw)?;
            let begins = words.first().copied().unwrap_or_default();
            if open == "{%" && !STATEMENTS.contains(&begins) {
                return Err(flaw(format!("there is no {{% {begins} %}} here")));
            }
            each(&words).map_err(flaw)?;
        }
        rest = behind.split_at(close.len()).1;
    }
    Ok(())
}

/// The line of a place in a text, from 1 on.
pub fn line(source: &str, at: usize) -> usize {
    1 + source.bytes().take(at).filter(|it| *it == b'\n').count()
}

/// Whether each word may stand where it stands.
fn each(words: &[&str]) -> Result<(), String> {
    let before = std::iter::once("").chain(words.iter().copied());
    let earlier = ["", ""].into_iter().chain(words.iter().copied());
    for ((word, before), earlier) in words.iter().zip(before).zip(earlier) {
        if REFUSED.contains(word) || word.starts_with("__") {
            return Err(format!("{word} means nothing here"));
        }
        if before == "|" && !FILTERS.contains(word) {
            return Err(format!("there is no filter {word} here, only {}", FILTERS.join(", ")));
        }
        if *word == "(" && earlier != "|" {
            return Err("only a filter takes something in parentheses".to_owned());
        }
    }
    Ok(())
}

/// The words of an expression: names, numbers, texts and marks.
fn words(code: &str) -> Result<Vec<&str>, String> {
    let (mut words, mut rest) = (Vec::new(), code.trim_start());
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_alphabetic() || first == '_' {
            rest.find(|it: char| !(it.is_ascii_alphanumeric() || it == '_')).unwrap_or(rest.len())
        } else if first.is_ascii_digit() {
            rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len())
        } else if first == '"' || first == '\'' {
            let inside = rest.split_at(1).1;
            let end =
                inside.find([first, '\\']).filter(|end| inside.split_at(*end).1.starts_with(first));
            end.ok_or("a text has no end, or a backslash")? + 2
        } else {
            let mark = MARKS.iter().find(|it| rest.starts_with(**it));
            mark.ok_or_else(|| format!("{first} means nothing here"))?.len()
        };
        let (word, behind) = rest.split_at(length);
        words.push(word);
        rest = behind.trim_start();
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_filters_conditions_and_loops_are_let_through() {
        for good in [
            "Plain } text { with % and #",
            "{{ title }} {{- title|upper -}} {{ name | default(\"you\") | trim }}",
            "{% if count == 1 %}a{% elif count >= 2 and not more %}b{% else %}c{% endif %}",
            "{% for item in items %}{{ loop.index }}. {{ item.title }}{% endfor %}",
            "{# a note: {{ 7 * 7 }} #}",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    /// ASVS 1.3.7: what reads more, grows, calls or never ends.
    #[test]
    fn everything_else_is_refused_with_its_line() {
        for bad in [
            "{{ 7*7 }}",
            "{{ 'a' ~ 'b' }}",
            "{{ title + title }}",
            "{{ range(1000000) }}",
            "{{ title.__class__ }}",
            "{{ title.replace('a', 'b') }}",
            "{{ title['a'] }}",
            "{{ title[0:9] }}",
            "{{ title|replace('a', 'aaaa') }}",
            "{{ title|format }}",
            "{{ items|join(title) }}",
            "{{ 'a\\x41' }}",
            "{{ ' }}",
            "{{ {'a': 1} }}",
            "{% set x = title %}",
            "{% include 'layout.html' %}",
            "{% extends layout %}",
            "{% import 'x' as x %}",
            "{% macro x() %}{% endmacro %}",
            "{% call x() %}{% endcall %}",
            "{% block x %}{% endblock %}",
            "{% filter upper %}{% endfilter %}",
            "{% autoescape false %}{% endautoescape %}",
            "{% raw %}{{ title }}{% endraw %}",
            "{% for x in items recursive %}{{ loop(items) }}{% endfor %}",
            "{% if title is defined %}{% endif %}",
            "{{ title if count else body ** 9 }}",
            "{{ self.title }}",
            "{{ title",
            "{% if count",
            "{# no end",
            "{{}}{%%}",
        ] {
            let flaw = check(&format!("\n\n{bad}")).unwrap_err();
            assert_eq!(flaw.line, 3, "{bad}");
        }
    }
}
