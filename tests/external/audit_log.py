"""Proofs of the audit log, checked with others' code alone: canonical JSON (rfc8785), signatures
(cryptography) and Merkle trees (pymerkle)."""

import base64
import hashlib
import os
import time
import unittest

import requests
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymerkle import InmemoryTree, InvalidProof, verify_inclusion

API = os.environ["SERVER"] + "/api/v1"


class Auditor:
    """Somebody who may read the platform's log."""

    def __init__(self):
        self.session = requests.Session()
        secret = {"email": os.environ["ADMIN_EMAIL"], "password": os.environ["ADMIN_PASSWORD"]}
        answer = self.session.post(f"{API}/auth/login", json=secret, timeout=10)
        answer.raise_for_status()
        token = answer.json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path):
        answer = self.session.get(f"{API}/audit-log{path}", timeout=10)
        answer.raise_for_status()
        return answer.json()

    def proofs(self):
        """The proofs of all entries, in order, against one checkpoint."""
        ids = [entry["id"] for entry in self.get("?limit=100")["items"]]
        deadline = time.monotonic() + 30
        while True:
            answers = [self.session.get(f"{API}/audit-log/{id}/proof", timeout=10) for id in ids]
            proofs = [answer.json() for answer in answers]
            if all(answer.ok for answer in answers):
                if len({proof["checkpoint"]["size"] for proof in proofs}) == 1:
                    return sorted(proofs, key=lambda proof: proof["seq"])
            if time.monotonic() > deadline:
                raise AssertionError(f"nothing is signed: {proofs[-1]}")
            time.sleep(0.2)


def signed(note, key):
    """The size and root of a checkpoint (c2sp.org/tlog-checkpoint) that this key has signed."""
    name, key_hash, public = key.split("+", 2)
    public = base64.b64decode(public)
    expected = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    assert expected.hex() == key_hash
    text, signature = note.rsplit("\n\n", 1)
    signer, blob = signature.removeprefix("\u2014 ").rstrip("\n").split(" ")
    blob = base64.b64decode(blob)
    assert signer == name and blob[:4] == expected and public[0] == 1
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(blob[4:], (text + "\n").encode())
    origin, size, root = text.split("\n")
    assert origin == name
    return int(size), base64.b64decode(root)


class AuditLog(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.proofs = Auditor().proofs()

    def test_entries_are_linked_by_their_canonical_bytes(self):
        previous = bytes(32)
        for seq, proof in enumerate(self.proofs, 1):
            digest = hashlib.sha256(rfc8785.dumps(proof["entry"])).digest()
            self.assertEqual(proof["seq"], seq)
            self.assertEqual(proof["previous_hash"], previous.hex())
            previous = hashlib.sha256(previous + digest).digest()
            self.assertEqual(proof["hash"], previous.hex())

    def test_each_entry_is_in_the_tree_that_was_signed(self):
        checkpoint = self.proofs[0]["checkpoint"]
        size, root = signed(checkpoint["note"], checkpoint["public_key"])
        tree = InmemoryTree(algorithm="sha256")
        for proof in self.proofs[:size]:
            tree.append_entry(bytes.fromhex(proof["hash"]))
        self.assertEqual((tree.get_size(), tree.get_root()), (size, root))
        for index, proof in enumerate(self.proofs[:size], 1):
            leaf = bytes.fromhex(proof["leaf_hash"])
            theirs = tree.prove_inclusion(index)
            theirs.path = [leaf] + [bytes.fromhex(node) for node in proof["path"]]
            verify_inclusion(leaf, root, theirs)
            theirs.path[-1] = bytes(32)
            with self.assertRaises(InvalidProof):
                verify_inclusion(leaf, root, theirs)

    def test_an_altered_checkpoint_is_signed_by_nobody(self):
        checkpoint = self.proofs[0]["checkpoint"]
        size = f"\n{checkpoint['size']}\n"
        altered = checkpoint["note"].replace(size, f"\n{checkpoint['size'] + 1}\n", 1)
        with self.assertRaises(InvalidSignature):
            signed(altered, checkpoint["public_key"])


if __name__ == "__main__":
    unittest.main()
