//! The Merkle tree over an organization's seals (RFC 9162, 2.1): its leaves are the links of the
//! chain, from the first on.
//!
//! Of the inner nodes those of every third level are stored, an eighth of the leaves and less; what
//! lies between is made of at most four of them, so a proof costs a few rows a level.

use crate::digest::Digest;

/// Every which level is stored.
const STEP: u8 = 3;

/// The complete subtree of 2^`level` leaves at `position` among its like; one of level 0 is a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    pub level: u8,
    pub position: u64,
}

/// Leaves from `from` on and before `to`, as a proof takes them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: u64,
    pub to: u64,
}

/// What a tree can be continued from: the roots of its complete subtrees, the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Digest>,
}

impl Frontier {
    /// The tree of this size; `None` where the peaks are not as many as its subtrees.
    pub fn of(size: u64, peaks: Vec<Digest>) -> Option<Self> {
        let fits = u32::try_from(peaks.len()) == Ok(size.count_ones());
        fits.then_some(Self { size, peaks })
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, the largest first.
    pub fn peaks(&self) -> &[Digest] {
        &self.peaks
    }

    /// Adds a leaf, and tells each inner node that it completes and that is stored.
    pub fn push(&mut self, link: Digest, mut stored: impl FnMut(Node, Digest)) {
        let (mut hash, mut level, mut position) = (Digest::leaf(link), 0, self.size);
        while position % 2 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = Digest::node(left, hash);
            level += 1;
            position /= 2;
            if level % STEP == 0 {
                stored(Node { level, position }, hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root of the whole.
    pub fn root(&self) -> Digest {
        joined(&self.peaks)
    }
}

impl Node {
    /// The stored nodes and leaves that it is made of, from left to right.
    pub fn stored(self) -> impl Iterator<Item = Self> {
        let Self { level, position } = self;
        let below = level % STEP;
        let first = position << below;
        (first..first + (1 << below)).map(move |position| Self { level: level - below, position })
    }
}

impl Span {
    /// The first leaves of a tree.
    pub fn whole(size: u64) -> Self {
        Self { from: 0, to: size }
    }

    /// The complete subtrees of these leaves, the largest first; `from` is a multiple of every one's
    /// size, as it is wherever a tree is split.
    pub fn peaks(self) -> Vec<Node> {
        let (mut from, mut peaks) = (self.from, Vec::new());
        while let Some(level) = (self.to - from).checked_ilog2() {
            let level = u8::try_from(level).unwrap_or(u8::MAX);
            peaks.push(Node { level, position: from >> level });
            from += 1 << level;
        }
        peaks
    }

    /// Where a tree of more than one leaf is split.
    fn middle(self) -> u64 {
        let most = (self.to - self.from - 1).checked_ilog2().unwrap_or_default();
        self.from + (1 << most)
    }
}

/// The inclusion proof of a leaf (RFC 9162, 2.1.3.1), counted from 0: what stands beside the way up.
pub fn inclusion(leaf: u64, size: u64) -> Vec<Span> {
    let (mut span, mut path) = (Span::whole(size), Vec::new());
    while span.to - span.from > 1 {
        path.push(descend(&mut span, |middle| leaf < middle));
    }
    path.reverse();
    path
}

/// The consistency proof between a tree and what it was when it was smaller (RFC 9162, 2.1.4.1).
pub fn consistency(from: u64, to: u64) -> Vec<Span> {
    let (mut span, mut path) = (Span::whole(to), Vec::new());
    while from != span.to {
        path.push(descend(&mut span, |middle| from <= middle));
    }
    if span.from > 0 {
        path.push(span);
    }
    path.reverse();
    path
}

/// Goes into one half; answers the other.
fn descend(span: &mut Span, is_left: impl FnOnce(u64) -> bool) -> Span {
    let middle = span.middle();
    let (left, right) = (Span { from: span.from, to: middle }, Span { from: middle, to: span.to });
    let (into, beside) = if is_left(middle) { (left, right) } else { (right, left) };
    *span = into;
    beside
}

/// The root above subtrees, the largest first.
pub fn joined(peaks: &[Digest]) -> Digest {
    let above = peaks.iter().rev().copied().reduce(|right, left| Digest::node(left, right));
    above.unwrap_or_else(|| Digest::of(b""))
}

/// The root above nodes of one level, whose number is a power of two.
pub fn merged(mut nodes: Vec<Digest>) -> Digest {
    while nodes.len() > 1 {
        nodes = nodes
            .chunks(2)
            .filter_map(|pair| match pair {
                [left, right] => Some(Digest::node(*left, *right)),
                _ => None,
            })
            .collect();
    }
    nodes.first().copied().unwrap_or(Digest::NONE)
}

#[cfg(test)]
mod tests;
