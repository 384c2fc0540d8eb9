#!/bin/sh
# What the browser tests need: Chromium, and fonts for Bengali and Persian.
# As root on Debian and Ubuntu they are installed; in CI what is missing is an error.
set -u
cd "$(dirname "$0")/.."

distribution=$(. /etc/os-release 2>/dev/null && echo "$ID")

has_chromium() {
    # Run it: Ubuntu's is a stub that only asks for a snap.
    for name in chromium chromium-browser google-chrome; do
        "$name" --version >/dev/null 2>&1 && return
    done
    .venv/bin/python - <<'END'
import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not pathlib.Path(playwright.chromium.executable_path).exists())
END
}

has_fonts() {
    test "$(uname)" = Darwin ||
        { fc-list :lang=bn | grep -q . && fc-list :lang=fa | grep -q .; } 2>/dev/null
}

apt_install() {
    test "$(id -u)" = 0 && apt-get update -qq &&
        apt-get install -qq -y --no-install-recommends "$@"
}

missing() {
    echo "browser tests: $1" >&2
    test "${CI:-}" != true || exit 1
}

if ! has_chromium; then
    test "$distribution" = debian && apt_install chromium
    libraries=$(test "$distribution$(id -u)" = ubuntu0 && echo --with-deps)
    has_chromium || .venv/bin/playwright install $libraries chromium
    has_chromium || missing "no Chromium. Install one, or: .venv/bin/playwright install --with-deps chromium"
fi

if ! has_fonts; then
    case $distribution in debian | ubuntu) apt_install fontconfig fonts-noto-core ;; esac
    has_fonts || missing "no fonts for Bengali and Persian. Install Noto Sans Bengali and Noto Sans Arabic."
fi
exit 0
