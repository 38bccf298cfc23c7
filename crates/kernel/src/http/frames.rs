//! What a client sends over a WebSocket, looked at before it is read: actix keeps a frame in memory until
//! all of it is there, however large it says it is.

use std::{
    cell::Cell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{dev::Payload, error::PayloadError, web::Bytes};
use futures_util::{Stream, task::AtomicWaker};
use tokio::time::{Duration, Instant};

/// The largest frame that is read, in bytes: nothing but control frames need come.
pub const LARGEST_FRAME: u16 = 1024;

/// How long a mask is, in bytes.
const MASK: u64 = 4;

/// How many frames may come within a second.
const MOST_FRAMES: u32 = 30;

/// Why somebody is not listened to any more: a code of RFC 6455, section 7.4, or one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// 1009
    TooLarge,
    /// 4429
    TooMany,
}

/// What came of looking, as both sides see it.
#[derive(Clone, Default)]
pub struct Verdict(Rc<(Cell<Option<Excess>>, AtomicWaker)>);

/// Passes a client's bytes on while they keep the limits; then swallows them.
pub struct Frames {
    payload: Payload,
    verdict: Verdict,
    place: Place,
    counted: (Instant, u32),
}

/// Where in a frame the next byte stands.
enum Place {
    /// In its head, of which these have come.
    Head([u8; 10], usize),
    /// In its mask or its payload: so many are left.
    Rest(u64),
}

impl Verdict {
    /// The verdict, once there is one.
    pub async fn given(&self) -> Excess {
        std::future::poll_fn(|context| {
            self.0.1.register(context.waker());
            self.0.0.get().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    fn give(&self, excess: Excess) {
        self.0.0.set(Some(excess));
        self.0.1.wake();
    }
}

impl Frames {
    /// These bytes, looked at.
    pub fn of(payload: Payload, verdict: Verdict) -> Self {
        Self { payload, verdict, place: Place::Head([0; 10], 0), counted: (Instant::now(), 0) }
    }

    /// Walks over these bytes; what is wrong with them, if anything.
    fn look(&mut self, mut bytes: &[u8]) -> Option<Excess> {
        while let Some((first, rest)) = bytes.split_first() {
            match &mut self.place {
                Place::Head(head, come) => {
                    if let Some(slot) = head.get_mut(*come) {
                        *slot = *first;
                    }
                    *come += 1;
                    bytes = rest;
                    let Some(left) = size(head, *come) else { continue };
                    if left > u64::from(LARGEST_FRAME) + MASK {
                        return Some(Excess::TooLarge);
                    }
                    self.place =
                        if left == 0 { Place::Head([0; 10], 0) } else { Place::Rest(left) };
                    if self.is_one_too_many() {
                        return Some(Excess::TooMany);
                    }
                }
                Place::Rest(left) => {
                    let step = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    *left -= u64::try_from(step).unwrap_or(*left);
                    bytes = bytes.get(step..).unwrap_or_default();
                    if *left == 0 {
                        self.place = Place::Head([0; 10], 0);
                    }
                }
            }
        }
        None
    }

    fn is_one_too_many(&mut self) -> bool {
        let (since, number) = &mut self.counted;
        if since.elapsed() >= Duration::from_secs(1) {
            self.counted = (Instant::now(), 0);
            return false;
        }
        *number += 1;
        *number > MOST_FRAMES
    }
}

/// How many bytes follow a head of which so many have come; `None` where more of it is to come.
fn size(head: &[u8; 10], come: usize) -> Option<u64> {
    let [_, second, length @ ..] = *head;
    let [high, low, ..] = length;
    let mask = if second & 0x80 == 0 { 0 } else { MASK };
    match (second & 0x7f, come) {
        (_, ..2) | (126, ..4) | (127, ..10) => None,
        (126, _) => Some(u64::from(u16::from_be_bytes([high, low])) + mask),
        (127, _) => Some(u64::from_be_bytes(length).saturating_add(mask)),
        (short, _) => Some(u64::from(short) + mask),
    }
}

impl Stream for Frames {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let come = std::task::ready!(Pin::new(&mut self.payload).poll_next(context));
            let Some(Ok(bytes)) = come else { return Poll::Ready(come) };
            if self.verdict.0.0.get().is_some() {
                continue;
            }
            match self.look(&bytes) {
                None => return Poll::Ready(Some(Ok(bytes))),
                Some(excess) => self.verdict.give(excess),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames() -> Frames {
        Frames::of(Payload::None, Verdict::default())
    }

    #[test]
    fn frames_are_told_apart_however_they_are_cut() {
        let small = [&[0x81, 0x83, 1, 2, 3, 4][..], b"abc"].concat();
        let middle = [&[0x82, 0xfe, 0, 200, 1, 2, 3, 4][..], &[7; 200]].concat();
        let empty = vec![0x89, 0x80, 1, 2, 3, 4];
        let bare = vec![0x89, 0];
        let all = [small, middle, empty, bare, vec![0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0]].concat();
        for piece in [1, 2, 3, 7, 1000] {
            let mut frames = frames();
            let looked: Vec<_> = all.chunks(piece).filter_map(|it| frames.look(it)).collect();
            assert_eq!(looked, [Excess::TooLarge], "in pieces of {piece}");
        }
    }

    #[test]
    fn a_frame_is_measured_by_its_head_alone() {
        assert_eq!(frames().look(&[0x82, 0xfe, 4, 0]), None, "1024 bytes");
        assert_eq!(frames().look(&[0x82, 0xfe, 4, 1]), Some(Excess::TooLarge));
        let most = [0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(frames().look(&most), Some(Excess::TooLarge));
    }

    #[test]
    fn a_flood_is_told_by_the_number_of_its_frames() {
        let fragment = [0x00, 0x80, 1, 2, 3, 4];
        let mut frames = frames();
        let looked = (0..1000).find_map(|_| frames.look(&fragment));
        assert_eq!(looked, Some(Excess::TooMany));
    }
}
