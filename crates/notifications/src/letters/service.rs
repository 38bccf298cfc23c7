//! Reading an organization's words, trying and changing them.

use audit_log::{Entry, Target, record};
use kernel::{Invalid, OrgTx, OrgView, PageOf, Refusal, View, db::PageRequest};
use sea_orm::DbErr;
use serde_json::json;

use super::{
    Content, LetterIn, LetterOut, PreviewIn, PreviewOut,
    models::{self, Model},
    schemas::LetterRecord,
    write::{Fault, Source},
};
use crate::{Channel, Error, Language, Topic, mailing::FRAME, template};

/// Which words: those of a topic in a language.
pub struct Place {
    topic: Topic,
    language: Language,
}

impl Place {
    /// The place of these names; none where no such topic goes out by mail, or not in that language.
    pub fn named(view: &View, topic: &str, language: &str) -> Result<Self, Refusal> {
        let topic = Topic::named(view, topic).filter(is_mailed).ok_or(Refusal::NotFound)?;
        let language = Language::ALL.into_iter().find(|it| it.tag() == language);
        Ok(Self { topic, language: language.ok_or(Refusal::NotFound)? })
    }
}

/// A page of all the words there are.
pub async fn list(view: &OrgView, page: &PageRequest) -> Result<PageOf<LetterOut>, Refusal> {
    let own = models::all(view).await?;
    let topics = view.declared::<Topic>().iter().filter(|it| is_mailed(it));
    let all = topics.flat_map(|topic| Language::ALL.map(|language| (topic, language)));
    let all = all.map(|(topic, language)| {
        let mine = |row: &&Model| row.topic == topic.key && row.language == language.tag();
        LetterOut::of(topic, language, own.iter().find(mine))
    });
    page.of_slice(all.collect(), "topic", |it| format!("{} {}", it.topic, it.language), view)
}

/// The words of one place.
pub async fn read(view: &OrgView, place: &Place) -> Result<LetterOut, Refusal> {
    let Place { topic, language } = place;
    let own = models::find(view, topic, *language).await?;
    Ok(LetterOut::of(topic, *language, own.as_ref()))
}

/// An organization's own words, where it has any.
pub async fn own(
    view: &OrgView,
    topic: &Topic,
    language: Language,
) -> Result<Option<Source>, DbErr> {
    Ok(models::find(view, topic, language).await?.as_ref().map(Source::from))
}

/// Puts the organization's words in the place of ours.
pub async fn put(tx: &OrgTx, place: &Place, new: LetterIn) -> Result<LetterOut, Refusal> {
    let (Place { topic, language }, new) = (place, Source::from(new));
    new.check(topic, *language).map_err(refused)?;
    models::make(tx, topic, *language, &Source::ours(*language)).await?;
    let before = models::for_change(tx, topic, *language).await?;
    let after = models::put(tx, before.clone(), new).await?;
    let (from, to) = (LetterRecord::from(&before), LetterRecord::from(&after));
    let entry = Entry::of("notification_template.updated", target(&after));
    record(
        tx,
        entry.noting("topic", topic.key).noting("language", language.tag()).changed(&from, &to),
    );
    Ok(LetterOut::of(topic, *language, Some(&after)))
}

/// Has our words count again.
pub async fn remove(tx: &OrgTx, place: &Place) -> Result<(), Refusal> {
    let row = models::for_change(tx, &place.topic, place.language).await?;
    models::remove(tx, row.id).await?;
    let entry = Entry::of("notification_template.deleted", target(&row));
    record(tx, entry.noting("topic", row.topic.clone()).noting("language", row.language.clone()));
    Ok(())
}

/// A mail in these words, about made-up notifications.
pub async fn preview(view: &OrgView, place: &Place, tried: PreviewIn) -> Result<PreviewOut, Error> {
    let Place { topic, language } = place;
    let now = read(view, place).await?;
    let subject = tried.subject.unwrap_or(now.subject);
    let words = Source { subject, body: tried.body.unwrap_or(now.body) };
    words.check(topic, *language).map_err(refused)?;
    let count = tried.count.unwrap_or(1).into();
    let letter = words.letter(&Content::sample(topic, *language, count))?;
    let values = json!({ "subject": letter.subject, "text": letter.text, "about": now.about });
    let written = template::write(&FRAME, language.tag(), &values)?;
    Ok(PreviewOut { subject: written.subject, text: written.text, html: written.html })
}

fn is_mailed(topic: &Topic) -> bool {
    topic.email != Channel::Never
}

fn target(row: &Model) -> Target {
    Target::new("notification_template", row.id)
}

fn refused(Fault { part, flaw }: Fault) -> Refusal {
    let message = format!("line {}: {}", flaw.line, flaw.message);
    Refusal::Invalid(vec![Invalid::new(format!("/{part}"), "template", message)])
}
