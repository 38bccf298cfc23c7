//! Mails in the reader's language: one source a language, rendered as text and as HTML.
//!
//! A source extends the layout and fills its blocks: `subject`, `text` (paragraphs apart by an empty
//! line) and `action`, what the button says where the mail has a `link`.

use minijinja::{AutoEscape, Environment, Value as Template, context, value::Serde};
use serde_json::Value;

use crate::{Error, Language};

/// A mail that a feature sends.
#[derive(Clone, Copy, Debug)]
pub struct Mail {
    /// Its name, `feature.what`.
    pub kind: &'static str,
    /// Its source in English.
    pub english: &'static str,
    /// Its source in German.
    pub german: &'static str,
}

/// A mail as it goes out.
#[derive(Debug)]
pub struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Writes a mail to a reader of this locale.
pub fn write(mail: &Mail, locale: &str, values: &Value) -> Result<Written, Error> {
    let language = Language::of(locale);
    let source = match language {
        Language::English => mail.english,
        Language::German => mail.german,
    };
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|name| match name.rsplit('.').next() {
        Some("html") => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    templates.add_filter("paragraphs", paragraphs);
    templates.add_template("layout.txt", include_str!("templates/mail.txt"))?;
    templates.add_template("layout.html", include_str!("templates/mail.html"))?;
    templates.add_template("mail.txt", source)?;
    templates.add_template("mail.html", source)?;

    let values = Template::from(Serde(values));
    let values = |layout| context! { layout, language => language.tag(), ..values.clone() };
    let mut text = templates.get_template("mail.txt")?.render_captured(values("layout.txt"))?;
    let subject = text.with_state_mut(|state| state.render_block("subject"))?;
    // A subject is one line, whatever a template says (ASVS 1.3.11).
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.into_output();
    let html = templates.get_template("mail.html")?.render(values("layout.html"))?;
    Ok(Written { subject, text, html })
}

/// The paragraphs of a text whose escaping has been seen to.
fn paragraphs(text: &str) -> Vec<Template> {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|it| !it.is_empty());
    paragraphs.map(|it| Template::from_safe_string(it.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MAIL: Mail = Mail {
        kind: "test.greeting",
        english: "{% extends layout %}{% block subject %}Hello\n {{ who }}{% endblock %}\
                  {% block text %}Dear {{ who }},\n\nwelcome.{% endblock %}{% block action %}Go{% endblock %}",
        german: "{% extends layout %}{% block subject %}Hallo {{ who }}{% endblock %}\
                 {% block text %}Willkommen.{% endblock %}{% block action %}Los{% endblock %}",
    };

    /// ASVS 1.2.1, 1.3.7, 1.3.11: what a person chose is text in every place it stands in.
    #[test]
    fn values_are_text_in_html_and_one_line_in_the_subject() {
        let who = "<b>Zoe</b>\r\nBcc: all@example.com {{7*7}}";
        let link = "https://example.com/links/a?token=x";
        let mail = write(&MAIL, "en-GB", &json!({ "who": who, "link": link })).unwrap();

        assert_eq!(mail.subject, "Hello <b>Zoe</b> Bcc: all@example.com {{7*7}}");
        assert!(mail.text.contains("Dear <b>Zoe</b>") && mail.text.contains(link), "{}", mail.text);
        assert!(
            mail.html.contains("&lt;b&gt;Zoe&lt;") && !mail.html.contains("<b>"),
            "{}",
            mail.html
        );
        assert!(mail.html.contains("{{7*7}}") && mail.html.contains(">Go</a>"), "{}", mail.html);
    }

    #[test]
    fn a_mail_is_written_in_the_readers_language() {
        let mail = write(&MAIL, "de", &json!({ "who": "Zoe" })).unwrap();
        assert_eq!(mail.subject, "Hallo Zoe");
        assert!(mail.html.contains(r#"lang="de""#) && !mail.html.contains("<a "), "{}", mail.html);
    }
}
