//! Listening to one's inbox: what comes is told in its order, once, wherever one comes again.

use std::sync::Arc;

use kernel::{
    Events, Problem, ServerEvent, Site, Tx, UserId, View,
    gate::{TICKET_LIFE, ticket as ticket_at},
};

use super::Notifications;
use crate::{
    Error,
    hub::Seat,
    models::{
        self,
        notification::Model as Notification,
        reading::{self, Standing},
    },
    schemas::{CountsOut, NotificationOut, TicketIn, TicketOut},
};

/// Who is further behind than this reads the list again.
const FAR_BEHIND: i64 = 1000;

/// How many are told at once.
const BATCH: u64 = 100;

/// Somebody who listens to their inbox.
pub struct Listener {
    seat: Seat,
    user: UserId,
    locale: String,
    /// The place up to which they have heard all; `None` where they begin now.
    heard: Option<i64>,
    /// The revision whose counts they have heard.
    counted: i64,
    /// How the inbox stood when they came, until they have heard so.
    first: Option<Standing>,
}

/// For who has heard all up to the notification of this id; `None` begins now.
pub async fn listen(view: &View, last: Option<&str>) -> Result<Listener, Error> {
    let user = super::reader(view)?;
    let held = view.of::<Notifications>();
    // Before the inbox is looked at: what changes in between is heard of.
    let seat = held.hub.sit(view, user);
    let standing = reading::standing(view, &[user]).await?.first().copied();
    let standing = standing.unwrap_or_else(|| Standing::empty(user));
    let locale = models::by_user(view, user).await?.map(|it| it.locale).unwrap_or_default();
    let heard = last.and_then(|id| id.parse().ok());
    Ok(Listener { seat, user, locale, heard, counted: -1, first: Some(standing) })
}

/// A ticket for whoever asks, to listen with from pages of this site.
pub async fn ticket(tx: &Tx, site: Site, what: TicketIn) -> Result<TicketOut, Problem> {
    let path = what.stream.path();
    let ticket = ticket_at(tx, site, path).await?;
    Ok(TicketOut { ticket, path, expires_in: TICKET_LIFE })
}

impl Events<View> for Listener {
    async fn next(&mut self, view: &View) -> Result<Option<Vec<ServerEvent>>, Problem> {
        Ok(Some(self.tell(view).await?))
    }

    async fn wait(&mut self) {
        if self.seat.news.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Listener {
    /// What has happened since the last time.
    async fn tell(&mut self, view: &View) -> Result<Vec<ServerEvent>, Problem> {
        let (standing, latest) = if let Some(standing) = self.first.take() {
            (standing, Vec::new())
        } else {
            let news = Arc::clone(&self.seat.news.borrow_and_update());
            (news.standing, news.latest.clone())
        };
        if standing.revision <= self.counted {
            return Ok(Vec::new());
        }
        let heard = *self.heard.get_or_insert(standing.last_seq);
        let lost = heard < standing.purged_seq || standing.last_seq - heard > FAR_BEHIND;
        if lost || heard > standing.last_seq {
            return self.begin_anew(standing);
        }
        let rows = self.missing(view, heard, standing.last_seq, latest).await?;
        if rows.is_empty() && heard < standing.last_seq {
            return self.begin_anew(standing); // it has gone meanwhile
        }
        let mut events = Vec::with_capacity(rows.len() + 1);
        for row in rows {
            self.heard = Some(row.seq);
            let shown = NotificationOut::of(row, &self.locale);
            events.push(ServerEvent::new(shown.seq, "notification", &shown)?);
        }
        if self.heard == Some(standing.last_seq) {
            self.counted = standing.revision;
            let counts = CountsOut::from(standing);
            events.push(ServerEvent::new(standing.last_seq, "counts", &counts)?);
        } else {
            self.first = Some(standing); // there is more of it
        }
        Ok(events)
    }

    /// What is told to who cannot be told all.
    fn begin_anew(&mut self, standing: Standing) -> Result<Vec<ServerEvent>, Problem> {
        self.heard = Some(standing.last_seq);
        self.counted = standing.revision;
        let counts = CountsOut::from(standing);
        Ok(vec![ServerEvent::new(standing.last_seq, "resync", &counts)?])
    }

    /// What stands between these places: of what was read for all, where that goes back far enough.
    async fn missing(
        &self,
        view: &View,
        heard: i64,
        last: i64,
        latest: Vec<Notification>,
    ) -> Result<Vec<Notification>, Error> {
        if heard == last {
            return Ok(Vec::new());
        }
        let mut rows: Vec<_> =
            latest.into_iter().filter(|it| heard < it.seq && it.seq <= last).collect();
        let whole = rows.first().is_some_and(|it| it.seq == heard + 1)
            && rows.last().is_some_and(|it| it.seq == last);
        if !whole {
            rows = reading::after(view, self.user, heard, BATCH).await?;
            rows.retain(|it| it.seq <= last);
        }
        Ok(rows)
    }
}
