//! Lists that are in memory, a page at a time: to a client they are like any other list.

use std::cmp::Ordering;

use super::{
    View,
    cursor::{Cursor, KeyPart, Way},
    page::{PageOf, PageRequest, Relation, Total},
};
use crate::problem::{Invalid, Refusal};

impl PageRequest {
    /// This page of `items`, which `key` tells apart and puts in order; `sort` is what clients call
    /// that order, the only one there is.
    pub fn of_slice<T>(
        &self,
        mut items: Vec<T>,
        sort: &str,
        key: impl Fn(&T) -> String,
        view: &View,
    ) -> Result<PageOf<T>, Refusal> {
        let asked = self.sort.as_deref().unwrap_or(sort);
        if asked.strip_prefix('-').unwrap_or(asked) != sort {
            let message = format!("is not among: {sort} (each also with -)");
            return Err(Refusal::Invalid(vec![Invalid::new("sort", "sort", message)]));
        }
        let falling = asked.starts_with('-');
        let order = |one: &str, other: &str| {
            let rising = one.cmp(other);
            if falling { rising.reverse() } else { rising }
        };
        let query = format!("{} {asked}", self.query);
        let read = |text: &String| place(Cursor::read(text, view.keyring(), &query)?);
        let begin = self.cursor.as_ref().map(read).transpose()?;

        items.sort_by(|one, other| order(&key(one), &key(other)));
        let up_to = |place: &str, fits: fn(Ordering) -> bool| {
            items.partition_point(|item| fits(order(&key(item), place)))
        };
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let (from, to) = match &begin {
            None => (0, limit),
            Some((Way::Next, place)) => {
                let from = up_to(place, Ordering::is_le);
                (from, from.saturating_add(limit))
            }
            Some((Way::Previous, place)) => {
                let to = up_to(place, Ordering::is_lt);
                (to.saturating_sub(limit), to)
            }
        };
        let (all, to) = (items.len(), to.min(items.len()));
        let items: Vec<T> = items.drain(from..to).collect();
        let write = |item: &T, way| {
            let key = vec![KeyPart::Text(key(item))];
            Cursor { way, key }.write(view.keyring(), &query)
        };
        let next = items.last().filter(|_| to < all).map(|item| write(item, Way::Next));
        let prev = items.first().filter(|_| from > 0).map(|item| write(item, Way::Previous));
        let value = u64::try_from(all).unwrap_or(u64::MAX);
        let total = self.count.map(|_| Total { value, relation: Relation::Eq });
        Ok(PageOf { items, next_cursor: next, prev_cursor: prev, total })
    }
}

/// Which way from which key; a cursor of another form is another list's.
fn place(cursor: Cursor) -> Result<(Way, String), Refusal> {
    match <[KeyPart; 1]>::try_from(cursor.key) {
        Ok([KeyPart::Text(key)]) => Ok((cursor.way, key)),
        _ => Err(Refusal::Malformed("invalid_cursor")),
    }
}
