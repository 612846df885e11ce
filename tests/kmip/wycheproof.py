#!/usr/bin/env python3
"""Project Wycheproof through KMIP 1.4: keys are registered, and each vector is an Encrypt, Decrypt,
Sign, Signature Verify, MAC or MAC Verify of the service at $CHATELAINE_CONNECT.

  tests/kmip/wycheproof.py VECTORS

A valid vector must give its bytes, an invalid one must be refused. What the service does not offer
is counted, and the counts of the pinned release stand below. The last line counts.
"""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from kmip import (SUCCESS, T, Connection, attribute, byte_string, enumeration, find, integer, item,
                  named, structure, text)
from tally import Tally

AES, RSA, HMAC, CHACHA = 3, 4, {"1": 7, "224": 8, "256": 9, "384": 10, "512": 11}, 30
CBC, CCM, GCM, XTS, WRAP_PADDED, WRAP, AEAD = 1, 8, 9, 11, 12, 13, 18
PKCS5, OAEP, PKCS1, PSS = 3, 2, 8, 10
HASHES = {"SHA-1": 4, "SHA-224": 5, "SHA-256": 6, "SHA-384": 7, "SHA-512": 8,
          "SHA-512/224": 12, "SHA-512/256": 13, "SHA3-256": 15, "SHA3-384": 16, "SHA3-512": 17}
RAW, PKCS8, SPKI = 1, 4, 5
EVERY_USE = 0x7FFF
BATCH = 100
GCM_IV_BYTES_MAX = 128


def symmetric(material, algorithm):
    block = structure("key_block", enumeration("key_format", RAW),
                      structure("key_value", byte_string("key_material", material)),
                      enumeration("algorithm", algorithm), integer("length", 8 * len(material)))
    return register(2, structure("symmetric", block))


def asymmetric(material, private):
    block = structure("key_block", enumeration("key_format", PKCS8 if private else SPKI),
                      structure("key_value", byte_string("key_material", material)))
    return register(4 if private else 3, structure("private_key" if private else "public_key", block))


def register(kind, structured):
    active = item(T["attribute_value"], 9, (1).to_bytes(8, "big"))
    return ("register", enumeration("object_type", kind), structure(
        "template", attribute("Cryptographic Usage Mask", integer("attribute_value", EVERY_USE)),
        attribute("Activation Date", active)), structured)


def parameters(**given):
    return structure("parameters", *(
        (integer if name.endswith("length") else enumeration)(name, value)
        for name, value in given.items()))


class Keys:
    """Each key is registered once."""

    def __init__(self, client):
        self.client, self.known = client, {}

    def get(self, material, operation):
        """None where the service takes no such key."""
        if (material, operation[1]) not in self.known:
            status, _, payload = self.client.one(operation)
            self.known[material, operation[1]] = find(payload, "uid") if status == SUCCESS else None
        return self.known[material, operation[1]]


class Family:
    """Vectors of some files: `ask` makes the questions of one, `judge` says what is right."""

    def __init__(self, name, files, vectors, unsupported, ask):
        self.name, self.files, self.ask = name, files, ask
        self.vectors, self.unsupported = vectors, unsupported


def hexed(vector, name):
    return bytes.fromhex(vector.get(name) or "")


def cipher(algorithm, mode, tagged=True, iv=True, **more):
    """Encrypt gives the ciphertext, Decrypt the message."""
    def ask(group, vector, keys):
        key = hexed(vector, "key")
        uid = keys.get(key, symmetric(key, algorithm)) if key else None
        if uid is None:
            return None
        given = {"mode": mode, **more}
        if tagged:
            given["tag_length"] = group["tagSize"] // 8
        head = [parameters(**given)]
        nonce = hexed(vector, "iv")
        if mode == XTS:
            nonce = nonce.ljust(16, b"\0")
        if mode == GCM and len(nonce) > GCM_IV_BYTES_MAX or mode == XTS and len(key) == 48:
            return None  # AES-192 has no XTS
        tail = [byte_string("iv", nonce)] if iv else []
        if tagged:
            tail.append(byte_string("aad", hexed(vector, "aad")))
        opens = list(tail) + ([byte_string("tag", hexed(vector, "tag"))] if tagged else [])
        made = {"data": hexed(vector, "ct")}
        if tagged:
            made["tag"] = hexed(vector, "tag")
        return [(named("encrypt", uid, *head, byte_string("data", hexed(vector, "msg")), *tail),
                 made, False),
                (named("decrypt", uid, *head, byte_string("data", hexed(vector, "ct")), *opens),
                 {"data": hexed(vector, "msg")}, True)]
    return ask


def hmac(number):
    """The service gives whole tags: of a shorter one it gives the beginning, and verifies none."""
    def ask(group, vector, keys):
        key, tag = hexed(vector, "key"), hexed(vector, "tag")
        uid = keys.get(key, symmetric(key, number))
        if uid is None:
            return None
        data = byte_string("data", hexed(vector, "msg"))
        asked = [(named("mac", uid, data), {"mac": tag}, False)]
        if group["tagSize"] == HMAC_BITS[number]:
            asked.append((named("mac_verify", uid, data, byte_string("mac", tag)), {"valid": 1},
                          True))
        return asked
    return ask


HMAC_BITS = {7: 160, 8: 224, 9: 256, 10: 384, 11: 512}


def verifier(make):
    def ask(group, vector, keys):
        der = bytes.fromhex(group["publicKeyDer"])
        uid = keys.get(der, asymmetric(der, private=False))
        given = make(group)
        if uid is None or given is None:
            return None
        return [(named("signature_verify", uid, *given, byte_string("data", hexed(vector, "msg")),
                       byte_string("signature", hexed(vector, "sig"))), {"valid": 1}, True)]
    return ask


def scheme(**fixed):
    def make(group):
        if group["sha"] not in HASHES:
            return None
        given = {**fixed, "hash": HASHES[group["sha"]]}
        if "mgfSha" in group:
            if group["mgfSha"] not in HASHES:
                return None
            given["generator_hash"] = HASHES[group["mgfSha"]]
            given["salt_length"] = group["sLen"]
        return [parameters(**given)]
    return make


def signer(group, vector, keys):
    der = bytes.fromhex(group["privateKeyPkcs8"])
    uid = keys.get(der, asymmetric(der, private=True))
    if uid is None or group["sha"] not in HASHES:
        return None
    return [(named("sign", uid, parameters(padding=PKCS1, hash=HASHES[group["sha"]]),
                   byte_string("data", hexed(vector, "msg"))),
             {"signature": hexed(vector, "sig")}, False)]


def oaep(group, vector, keys):
    der = bytes.fromhex(group["privateKeyPkcs8"])
    uid = keys.get(der, asymmetric(der, private=True))
    if uid is None or group["sha"] not in HASHES or group["mgfSha"] not in HASHES:
        return None
    given = structure("parameters", enumeration("padding", OAEP),
                      enumeration("hash", HASHES[group["sha"]]),
                      enumeration("generator_hash", HASHES[group["mgfSha"]]),
                      byte_string("p_source", hexed(vector, "label")))
    return [(named("decrypt", uid, given, byte_string("data", hexed(vector, "ct"))),
             {"data": hexed(vector, "msg")}, True)]


FAMILIES = [
    Family("AES-GCM", ["aes_gcm_test"], 316, 3, cipher(AES, GCM)),
    Family("AES-CCM", ["aes_ccm_test"], 552, 0, cipher(AES, CCM)),
    Family("AES-CBC", ["aes_cbc_pkcs5_test"], 216, 0,
           cipher(AES, CBC, tagged=False, padding=PKCS5)),
    Family("AES-XTS", ["aes_xts_test"], 123, 41, cipher(AES, XTS, tagged=False)),
    Family("AES key wrap", ["aes_wrap_test"], 165, 0,
           cipher(AES, WRAP, tagged=False, iv=False)),
    Family("AES key wrap, padded", ["aes_kwp_test"], 254, 0,
           cipher(AES, WRAP_PADDED, tagged=False, iv=False)),
    Family("ChaCha20-Poly1305", ["chacha20_poly1305_test"], 325, 0, cipher(CHACHA, AEAD)),
    *(Family(f"HMAC SHA-{bits}", [f"hmac_sha{bits}_test"], vectors, 0, hmac(number))
      for (bits, number), vectors in zip(HMAC.items(), (170, 172, 174, 174, 174))),
    Family("RSA signatures", [f"rsa_signature_{bits}_{sha}_test" for bits, sha in (
        (2048, "sha256"), (2048, "sha384"), (2048, "sha512"), (2048, "sha512_256"),
        (2048, "sha3_256"), (3072, "sha256"), (3072, "sha512"), (4096, "sha512"))], 2068, 0,
           verifier(scheme(padding=PKCS1))),
    Family("RSA-PSS", [f"rsa_pss_{one}_test" for one in (
        "2048_sha1_mgf1_20", "2048_sha256_mgf1_0", "2048_sha256_mgf1_32",
        "2048_sha256_mgf1sha1_20", "2048_sha384_mgf1_48", "3072_sha256_mgf1_32",
        "4096_sha512_mgf1_64")], 835, 0, verifier(scheme(padding=PSS))),
    Family("ECDSA", [f"ecdsa_{one}_test" for one in (
        "secp256r1_sha256", "secp256r1_sha512", "secp384r1_sha384", "secp521r1_sha512",
        "secp256k1_sha256", "brainpoolP256r1_sha256")], 2985, 0, verifier(scheme())),
    Family("Ed25519", ["ed25519_test"], 150, 0, verifier(lambda group: [])),
    Family("RSA signing", ["rsa_pkcs1_2048_sig_gen_test", "rsa_pkcs1_3072_sig_gen_test"], 69, 0,
           signer),
    Family("RSA-OAEP", ["rsa_oaep_2048_sha256_mgf1sha256_test", "rsa_oaep_2048_sha256_mgf1sha1_test",
                        "rsa_oaep_2048_sha512_mgf1sha512_test"], 101, 0, oaep),
]


def begins(given, expected, whole):
    given = b"" if given is None else given
    return given == expected if whole else given[:len(expected)] == expected


def right(vector, answer, expected, opens):
    """Valid: the expected bytes. Invalid: refused, or not what is expected where it is computed."""
    status, _, payload = answer
    gives = status == SUCCESS and all(
        begins(find(payload, name), value, whole=name != "mac")
        for name, value in expected.items())
    if vector["result"] == "valid":
        return gives
    if vector["result"] == "acceptable":
        return True
    return not gives or not opens


def run(client, family, folder, tally):
    keys, questions, vectors, unsupported = Keys(client), [], 0, 0
    for name in family.files:
        with open(os.path.join(folder, name + ".json"), encoding="utf-8") as file:
            groups = json.load(file)["testGroups"]
        for group in groups:
            for vector in group["tests"]:
                vectors += 1
                asked = family.ask(group, vector, keys)
                if asked is None:
                    unsupported += 1
                for operation, expected, opens in asked or ():
                    questions.append((vector, operation, expected, opens))
    for first in range(0, len(questions), BATCH):
        part = questions[first:first + BATCH]
        for one, answer in zip(part, client.ask(*(q[1] for q in part), continuation=1)):
            tally.check(right(one[0], answer, one[2], one[3]),
                        f"{family.name} {one[0]['tcId']} {one[0]['result']}", answer[:2])
    tally.check((vectors, unsupported) == (family.vectors, family.unsupported),
                f"{family.name}: how many vectors, how many not offered", (vectors, unsupported))
    print(f"{family.name}: {vectors} vectors, {len(questions)} operations, {unsupported} not offered")


def main():
    with open(os.environ["CHATELAINE_CONNECT"], encoding="utf-8") as file:
        client = Connection(json.load(file))
    tally = Tally()
    for family in FAMILIES:
        run(client, family, sys.argv[1], tally)
    client.close()
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
