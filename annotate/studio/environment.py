"""What the embedded Label Studio finds in its environment.

What is said of Label Studio was seen on 1.23.2.
"""

from __future__ import annotations

import ipaddress

# Label Studio reads most settings under bare names too (USERNAME, PASSWORD, HOST, PORT,
# DEBUG: core/utils/params.py): of the user's environment it gets what begins with these.
INHERITED = ("PATH", "LANG", "LC_", "TMPDIR", "TZ", "SSL_CERT_", "REQUESTS_CA_", "CURL_CA_")
# Label Studio asks no address of a reserved network (core/utils/io.py, validate_ip), for
# backends and webhooks alike, and `annotate serve` is at such a one. Its own switches
# (ML_BLOCK_LOCAL_IP, SSRF_PROTECTION_ENABLED) would open every private network, and the
# metadata service of a cloud machine. So the list is given anew without one address:
# 127.0.0.1, where the embedded server is itself, and whoever can reach it already is.
_RESERVED = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    *("::/128", "::1/128", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96"),
    *("64:ff9b:1::/48", "100::/64", "2001::/32", "2001:20::/28", "2001:db8::/32"),
    *("2002::/16", "fc00::/7", "fe80::/10", "ff00::/8"),
    *map(
        str,
        ipaddress.IPv4Network("127.0.0.0/8").address_exclude(ipaddress.IPv4Network("127.0.0.1")),
    ),
)
SETTINGS = {
    "USE_DEFAULT_BANNED_SUBNETS": "false",
    "USER_ADDITIONAL_BANNED_SUBNETS": ",".join(_RESERVED),
    # No calls to the package index, to telemetry, or to Sentry (server and browser).
    "LATEST_VERSION_CHECK": "false",
    "COLLECT_ANALYTICS": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    # Read when the organization is made, that is, on the first start only.
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
    # Without it a malformed prediction is stored, or dropped in silence.
    "fflag_feat_utc_210_prediction_validation_15082025": "true",
}
