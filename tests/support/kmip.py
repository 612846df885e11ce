"""KMIP as a test writes and reads it: messages built by hand, one TLS connection.

The encoder is of this file alone and shares nothing with the service's. Standard library only.
"""

import socket
import ssl
import struct

# Tags, types and numbers of KMIP 1.4, section 9.1.3.
T = dict(
    attribute=0x420008, attribute_name=0x42000A, attribute_value=0x42000B, batch_count=0x42000D,
    continuation=0x42000E, batch_item=0x42000F, key_block=0x420040, key_value=0x420045,
    key_material=0x420043, max_response=0x420050, name=0x420053, name_type=0x420054,
    name_value=0x420055, object_type=0x420057, operation=0x42005C, protocol=0x420069,
    major=0x42006A, minor=0x42006B, query_function=0x420074, request_header=0x420077,
    request=0x420078, payload=0x420079, response_header=0x42007A, response=0x42007B,
    response_payload=0x42007C, message=0x42007D, reason=0x42007E, status=0x42007F,
    revocation=0x420081, revocation_code=0x420082, symmetric=0x42008F, template=0x420091,
    item_id=0x420093, uid=0x420094, correlation=0x420006, cancellation=0x420012,
    attributes=0x420125, algorithm=0x420028, length=0x42002A, mask=0x42002C, sensitive=0x420120,
    reference=0x42013B, adjustment=0x420158, capability=0x4200F7, profile=0x4200EB,
    data=0x4200C2,
    activation=0x420001, mode=0x420011, parameters=0x42002B, hash=0x420038, iv=0x42003D,
    key_format=0x420042, padding=0x42005F, private_key=0x420064, public_key=0x42006D,
    valid=0x42009B, signature=0x4200C3, mac=0x4200C6, tag_length=0x4200CE, aad=0x4200FE,
    tag=0x4200FF, salt_length=0x420100, generator_hash=0x420102, p_source=0x420103,
    maximum=0x42004F, group_member=0x4200AC, template_object=0x420090,
    common=0x42001F, private_template=0x420065, public_template=0x42006E)
OPERATION = dict(create=1, locate=8, get=10, get_attributes=11, get_attribute_list=12,
                 add_attribute=13, modify_attribute=14, delete_attribute=15, obtain_lease=16,
                 activate=18, revoke=19, destroy=20, archive=21, recover=22, query=24,
                 discover=30, rekey=4, check=9, cancel=25, poll=26,
                 create_key_pair=2, register=3, encrypt=31, decrypt=32, sign=33,
                 signature_verify=34, mac=35, mac_verify=36, adjust=48, query_asynchronous=57,
                 process=58, ping=59)
NOT_FOUND, TOO_LARGE, INVALID, UNSUPPORTED, CANCELED, DENIED, GENERAL = 1, 2, 4, 5, 9, 12, 256
SUCCESS, FAILED, UNDONE = 0, 1, 3


def item(tag, kind, value):
    pad = -len(value) % 8
    return struct.pack(">I", tag)[1:] + bytes([kind]) + struct.pack(">I", len(value)) + value + \
        bytes(pad)


def structure(name, *members):
    return item(T[name], 1, b"".join(members))


def integer(name, value):
    return item(T[name], 2, struct.pack(">i", value))


def enumeration(name, value):
    return item(T[name], 5, struct.pack(">I", value))


def byte_string(name, value):
    return item(T[name], 8, value)


def text(name, value):
    return item(T[name], 7, value.encode())


def attribute(name, value):
    return structure("attribute", text("attribute_name", name), value)


def value_name(value):
    return structure("attribute_value", text("name_value", value), enumeration("name_type", 1))


def create(*attributes):
    return ("create", enumeration("object_type", 2), structure(
        "template",
        attribute("Cryptographic Algorithm", enumeration("attribute_value", 3)),
        attribute("Cryptographic Length", integer("attribute_value", 256)),
        attribute("Cryptographic Usage Mask", integer("attribute_value", 12)), *attributes))


def named(operation, uid, *more):
    return (operation, text("uid", uid), *more)


def revoke(uid, code=2):
    return named("revoke", uid, structure("revocation", enumeration("revocation_code", code)))


def locate(name):
    return ("locate", attribute("Name", value_name(name)))


def message(operations, minor=4, continuation=None, maximum=None, count=None, ids=True, major=1):
    head = [structure("protocol", integer("major", major), integer("minor", minor))]
    if maximum is not None:
        head.append(integer("max_response", maximum))
    if continuation is not None:
        head.append(enumeration("continuation", continuation))
    head.append(integer("batch_count", len(operations) if count is None else count))
    items = []
    for number, (operation, *payload) in enumerate(operations):
        code = OPERATION.get(operation, operation)
        mark = [item(T["item_id"], 8, bytes([number]))] if ids and len(operations) > 1 else []
        items.append(structure("batch_item", enumeration("operation", code), *mark,
                               structure("payload", *payload)))
    return structure("request", structure("request_header", *head), *items)


def decode(data):
    """A list of (tag, kind, value); structures hold such lists."""
    found, at = [], 0
    while at < len(data):
        tag = int.from_bytes(data[at:at + 3], "big")
        kind, size = data[at + 3], int.from_bytes(data[at + 4:at + 8], "big")
        raw = data[at + 8:at + 8 + size]
        value = decode(raw) if kind == 1 else raw
        if kind in (2, 5):
            value = int.from_bytes(raw, "big")
        if kind == 7:
            value = raw.decode()
        found.append((tag, kind, value))
        at += 8 + size + (-size % 8)
    return found


def find(members, name):
    return next((value for tag, _, value in members if tag == T[name]), None)


def find_all(members, name):
    return [value for tag, _, value in members if tag == T[name]]


class Connection:
    def __init__(self, connect, who="client"):
        host, port = connect["kmip"].rsplit(":", 1)
        context = ssl.create_default_context(cafile=connect["ca"])
        context.load_cert_chain(connect[who + "_cert"], connect[who + "_key"])
        self.socket = context.wrap_socket(socket.create_connection((host, int(port)), 20),
                                          server_hostname=host)

    def send(self, data):
        self.socket.sendall(data)

    def take(self, size):
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def answer(self):
        head = self.take(8)
        return decode(head + self.take(int.from_bytes(head[4:], "big")))[0][2]

    def ask(self, *operations, **options):
        """The items of the answer as (status, reason, payload)."""
        self.send(message(list(operations), **options))
        return items_of(self.answer())

    def one(self, operation, **options):
        return self.ask(operation, **options)[0]

    def make(self, *attributes):
        status, _, payload = self.one(create(*attributes))
        assert status == SUCCESS, payload
        return find(payload, "uid")

    def close(self):
        self.socket.close()


def items_of(answer):
    return [(find(one, "status"), find(one, "reason"), find(one, "response_payload"))
            for one in find_all(answer, "batch_item")]
