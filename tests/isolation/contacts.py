"""The people of a subscription: the customer alone reads, corrects, exports and erases them; a canary in
each of their fields is in no file, log, metric or answer to the provider; erased they are gone, and an
earlier copy of the store shows them no more."""
import pathlib
import shutil

from world import Customer, no_such_id

FIELDS = ("firstName", "lastName", "organisation", "email", "phone", "address", "country", "language")


def people(world, tally):
    check, service = tally.check, world.service
    data = pathlib.Path(service.directory)
    customer = Customer(world, "subscriber")
    root = customer.root
    canary = "kanarie" + no_such_id()[:13].replace("-", "")
    person = {name: canary + name for name in FIELDS}
    person["email"] = canary + "@example.org"
    path = "/v2/contact/owner"
    check(root.call("control", "PUT", path, {**person, "shoeSize": "42"}).status == 400,
          "an unknown field is refused", person)
    check(root.call("control", "PUT", "/v2/contact/friend", person).status == 400,
          "so is an unknown role", person)
    made = root.need("control", "PUT", path, person)
    check({name: made[name] for name in FIELDS} == person, "a contact is given", made)
    corrected = {**person, "phone": canary + "2"}
    root.need("control", "PUT", path, corrected)
    root.need("control", "PUT", "/v2/contact/billing", {"email": canary + "b@example.org"})
    exported = root.need("control", "GET", "/v2/contact")
    check([one["role"] for one in exported["contacts"]] == ["owner", "billing"]
          and exported["contacts"][0]["phone"] == corrected["phone"],
          "all of them are exported, as they were corrected", exported)

    asked = ("/v1/account", "/v1/audit?order=desc", "/v1/notice", "/v1/evidence", "/metrics",
             "/v1/operator", "/v1/elevation", "/responsibilities")
    for one in asked:
        answer = world.operator.call("operator", "GET", one)
        check(answer.status == 200 and canary not in answer.body.decode(),
              f"an operator does not see it in {one}", answer)
    audit = root.need("control", "GET", "/v2/audit?order=desc&max=20")
    check(canary not in str(audit) and "contact.set" in str(audit),
          "the audit has the fact and not the person", audit)
    for one in ("/v2/contact", path):
        check(world.operator.call("control", "GET", one).status == 403,
              "an operator reads no contact", one)
        check(world.theirs.root.call("control", "GET", one).body.decode().find(canary) < 0,
              "nor does another customer", one)

    service.stop()
    early = data.parent / "early"
    early.mkdir()
    stores = list(data.glob("directory.db*"))
    for store in stores:
        shutil.copy(store, early / store.name)
    files = [one for one in (*data.rglob("*"), data.with_suffix(".log")) if one.is_file()]
    found = [str(one) for one in files if canary.encode() in one.read_bytes()]
    check(len(files) > 5, "there are files to look through", files)
    check(not found, "the canary is in no file of the data directory, the log among them", found)
    service.start(0)
    check(root.need("control", "GET", path)["phone"] == corrected["phone"], "it is still there", path)
    check(root.call("control", "DELETE", path).status == 204, "it is erased", path)
    gone = root.call("control", "GET", path)
    check(gone.status == 404, "erased is gone", gone)
    exported = root.need("control", "GET", "/v2/contact")
    check([one["role"] for one in exported["contacts"]] == ["billing"], "the others stay", exported)

    # The store as it was before the erasure, under the keys as they are now.
    service.stop()
    for store in data.glob("directory.db*"):
        store.unlink()
    for store in stores:
        shutil.copy(early / store.name, store)
    service.start(0)
    exported = root.need("control", "GET", "/v2/contact")
    check(root.call("control", "GET", path).status == 404
          and [one["role"] for one in exported["contacts"]] == ["billing"],
          "an earlier copy of the store shows it no more", exported)
