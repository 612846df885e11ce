"""The judge's own check, loaded by schemathesis.

The vendor's document leaves statuses out that any HTTP service has. Those of ALLOWED may come where the
document does not list them; anything else that is undocumented is a failure.
"""
import schemathesis

# 401, 403: who is calling; 404, 405: no such object or method; 409: id taken, wrong state;
# 413, 415: the body; 429: too many requests.
ALLOWED = {401, 403, 404, 405, 409, 413, 415, 429}


@schemathesis.check
def documented_or_allowed_status(ctx, response, case):
    """Fails on a status that is neither in the document nor in ALLOWED."""
    documented = {str(status) for status in case.operation.definition.raw.get("responses", {})}
    status = response.status_code
    family = f"{status // 100}XX"
    if str(status) in documented or family in documented or status in ALLOWED:
        return
    raise AssertionError(f"status {status} is not documented for {case.operation.label}")
