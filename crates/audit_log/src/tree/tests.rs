//! Roots and proofs, held to a tree that somebody else wrote (`ct-merkle`).

use std::collections::HashMap;

use ct_merkle::{ConsistencyProof, InclusionProof, RootHash, mem_backed_tree::MemoryBackedTree};
use sha2::Sha256;

use super::*;

type Leaf = [u8; 32];

fn link(number: u64) -> Digest {
    Digest::of(&number.to_be_bytes())
}

/// Our tree of this size and what it stores, and theirs.
fn trees(size: u64) -> (Frontier, HashMap<Node, Digest>, MemoryBackedTree<Sha256, Leaf>) {
    let (mut ours, mut stored) = (Frontier::default(), HashMap::new());
    let mut theirs = MemoryBackedTree::new();
    for number in 0..size {
        stored.insert(Node { level: 0, position: number }, Digest::leaf(link(number)));
        ours.push(link(number), |node, hash| assert_eq!(stored.insert(node, hash), None));
        theirs.push(link(number).0);
    }
    (ours, stored, theirs)
}

/// What a span's root is, made of what is stored alone.
fn root(span: Span, stored: &HashMap<Node, Digest>) -> Digest {
    let peak = |node: Node| merged(node.stored().map(|node| stored[&node]).collect());
    joined(&span.peaks().into_iter().map(peak).collect::<Vec<_>>())
}

fn bytes(path: &[Span], stored: &HashMap<Node, Digest>) -> Vec<u8> {
    path.iter().flat_map(|span| root(*span, stored).0).collect()
}

fn their_root(of: &Frontier) -> RootHash<Sha256> {
    RootHash::new(of.root().0.into(), of.size())
}

#[test]
fn roots_and_inclusion_proofs_are_good_to_a_stranger() {
    for size in (1..40).chain([63, 64, 65, 500, 513]) {
        let (ours, stored, theirs) = trees(size);
        assert_eq!(theirs.root().as_bytes().as_slice(), ours.root().0);
        assert_eq!(root(Span::whole(size), &stored), ours.root());
        for leaf in (0..size).step_by(if size < 40 { 1 } else { 7 }) {
            let proof = bytes(&inclusion(leaf, size), &stored);
            let proof = InclusionProof::<Sha256>::try_from_bytes(proof).unwrap();
            their_root(&ours).verify_inclusion(&link(leaf).0, leaf, &proof).unwrap();
            let other = link(leaf + 1).0;
            assert!(their_root(&ours).verify_inclusion(&other, leaf, &proof).is_err());
        }
    }
}

#[test]
fn consistency_proofs_are_good_to_a_stranger() {
    for size in [1, 2, 3, 7, 8, 9, 64, 65, 100] {
        let (new, stored, _) = trees(size);
        for from in 1..size {
            let (old, ..) = trees(from);
            let proof = bytes(&consistency(from, size), &stored);
            let proof = ConsistencyProof::<Sha256>::try_from_bytes(proof).unwrap();
            their_root(&new).verify_consistency(&their_root(&old), &proof).unwrap();
        }
        assert_eq!(consistency(size, size), []);
    }
}

#[test]
fn an_eighth_of_the_nodes_is_stored_and_a_proof_needs_a_few_rows_a_level() {
    let (_, stored, _) = trees(4096);
    assert_eq!(stored.len(), 4096 + 512 + 64 + 8 + 1);
    let rows = inclusion(1234, 4095).into_iter().flat_map(Span::peaks).flat_map(Node::stored);
    assert!(rows.count() <= 4 * 2 * 12);
}
