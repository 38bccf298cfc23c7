//! When a mail may go out: at once, with the next digest, and never in somebody's quiet hours.

use chrono::{
    DateTime, Days, LocalResult, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::Tz;

use super::MailWindow;

const DAY: u32 = 24 * 60;

/// When daily digests go out, in minutes after midnight where their reader lives.
const MORNING: u32 = 8 * 60;

/// Hours in which somebody wants no mail, every day; they may go over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    from: u32,
    to: u32,
}

impl Quiet {
    /// From one minute of the day up to another; none where there is nothing between them.
    pub fn new(from: u32, to: u32) -> Option<Self> {
        (from < DAY && to < DAY && from != to).then_some(Self { from, to })
    }

    /// When they begin, in minutes after midnight.
    pub fn begins(self) -> u32 {
        self.from
    }

    /// When they end.
    pub fn ends(self) -> u32 {
        self.to
    }

    /// When they end, if it is quiet then.
    fn end(self, at: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let local = at.with_timezone(&zone).naive_local();
        let (minute, today) = (local.hour() * 60 + local.minute(), local.date());
        let Self { from, to } = self;
        let day = match (from < to, minute) {
            (true, minute) if (from..to).contains(&minute) => today,
            (false, minute) if minute >= from => today.checked_add_days(Days::new(1))?,
            (false, minute) if minute < to => today,
            _ => return None,
        };
        // Where the clock shows it twice, the hours end the second time.
        Some(instant(zone, at_minute(day, to)?).1)
    }
}

/// When what has happened `now` is to go out by mail: by its window, and after the quiet hours.
pub fn due(
    now: DateTime<Utc>,
    window: MailWindow,
    quiet: Option<Quiet>,
    zone: Tz,
) -> DateTime<Utc> {
    let first = match window {
        MailWindow::Immediate => now,
        MailWindow::Hourly => full_hour(now),
        MailWindow::Daily => morning(now, zone).unwrap_or(now),
    };
    quiet.and_then(|quiet| quiet.end(first, zone)).unwrap_or(first)
}

fn full_hour(now: DateTime<Utc>) -> DateTime<Utc> {
    let past = now.timestamp().rem_euclid(3600);
    let begun = now.timestamp() - past;
    DateTime::from_timestamp(begun + 3600, 0).unwrap_or(now)
}

/// The next morning after `now`.
fn morning(now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let today = now.with_timezone(&zone).date_naive();
    let days = [today, today.checked_add_days(Days::new(1))?];
    let mornings = days.into_iter().filter_map(|day| at_minute(day, MORNING));
    mornings.map(|it| instant(zone, it).0).find(|it| *it > now)
}

fn at_minute(day: NaiveDate, minute: u32) -> Option<NaiveDateTime> {
    day.and_hms_opt(minute / 60, minute % 60, 0)
}

/// When the clock of a place shows this: the first time and the last. What it leaves out in spring is
/// the moment at which it does.
fn instant(zone: Tz, local: NaiveDateTime) -> (DateTime<Utc>, DateTime<Utc>) {
    let mut local = local;
    // No clock was ever put forward by more than a day.
    for _ in 0..=DAY {
        match zone.from_local_datetime(&local) {
            LocalResult::Single(at) => return (at.to_utc(), at.to_utc()),
            LocalResult::Ambiguous(first, last) => return (first.to_utc(), last.to_utc()),
            LocalResult::None => local += TimeDelta::minutes(1),
        }
    }
    (local.and_utc(), local.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn night() -> Option<Quiet> {
        Quiet::new(22 * 60, 7 * 60)
    }

    #[test]
    fn what_happens_in_quiet_hours_waits_for_their_end() {
        let vienna = chrono_tz::Europe::Vienna;
        for (happens, goes_out) in [
            ("2026-11-20T20:59:59Z", "2026-11-20T20:59:59Z"),
            ("2026-11-20T21:00:00Z", "2026-11-21T06:00:00Z"),
            ("2026-11-21T05:59:59Z", "2026-11-21T06:00:00Z"),
            ("2026-11-21T06:00:00Z", "2026-11-21T06:00:00Z"),
            // In summer the same hours are another time.
            ("2026-07-20T20:00:00Z", "2026-07-21T05:00:00Z"),
        ] {
            let due = due(at(happens), MailWindow::Immediate, night(), vienna);
            assert_eq!(due, at(goes_out), "{happens}");
        }
        let noon = Quiet::new(12 * 60, 13 * 60);
        let due = |it| due(at(it), MailWindow::Immediate, noon, chrono_tz::UTC);
        assert_eq!(due("2026-11-20T12:30:00Z"), at("2026-11-20T13:00:00Z"));
        assert_eq!(due("2026-11-20T13:00:00Z"), at("2026-11-20T13:00:00Z"));
    }

    /// Vienna leaves out 2:00 to 3:00 on 28 March 2027, and has it twice on 25 October 2026.
    #[test]
    fn nights_in_which_the_clock_is_put_end_when_the_clock_says_so() {
        let vienna = chrono_tz::Europe::Vienna;
        let early = Quiet::new(23 * 60, 2 * 60 + 30);
        let due = |it, quiet| due(at(it), MailWindow::Immediate, quiet, vienna);
        assert_eq!(
            due("2027-03-27T23:00:00Z", early),
            at("2027-03-28T01:00:00Z"),
            "there is no 2:30"
        );
        assert_eq!(due("2027-03-27T23:00:00Z", night()), at("2027-03-28T05:00:00Z"));
        assert_eq!(
            due("2026-10-24T22:00:00Z", early),
            at("2026-10-25T01:30:00Z"),
            "the second 2:30"
        );
        assert_eq!(due("2026-10-25T01:15:00Z", early), at("2026-10-25T01:30:00Z"), "between them");
        assert_eq!(due("2026-10-24T22:00:00Z", night()), at("2026-10-25T06:00:00Z"));
    }

    #[test]
    fn digests_go_out_at_the_full_hour_or_in_the_readers_morning() {
        let tokyo = chrono_tz::Asia::Tokyo;
        let hourly = |it| due(at(it), MailWindow::Hourly, None, tokyo);
        assert_eq!(hourly("2026-11-20T10:00:00Z"), at("2026-11-20T11:00:00Z"));
        assert_eq!(hourly("2026-11-20T10:59:59.9Z"), at("2026-11-20T11:00:00Z"));
        let daily = |it| due(at(it), MailWindow::Daily, None, tokyo);
        assert_eq!(daily("2026-11-20T22:59:59Z"), at("2026-11-20T23:00:00Z"));
        assert_eq!(daily("2026-11-20T23:00:00Z"), at("2026-11-21T23:00:00Z"));
        let late =
            due(at("2026-11-20T20:30:00Z"), MailWindow::Hourly, night(), chrono_tz::Europe::Vienna);
        assert_eq!(late, at("2026-11-21T06:00:00Z"), "a digest keeps quiet too");
        // Apia left out a whole day, 30 December 2011.
        let apia =
            due(at("2011-12-29T20:00:00Z"), MailWindow::Daily, None, chrono_tz::Pacific::Apia);
        assert_eq!(apia, at("2011-12-30T10:00:00Z"));
    }
}
