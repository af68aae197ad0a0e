"""Name a device from what its browser says of itself (User-Agent, RFC 9110 section 10.1.5), as its owner knows it."""

import re

# The first that is found counts: most browsers also claim to be an older one.
BROWSERS = {
    r"\bEdg(e|A|iOS)?/": "Edge",
    r"\b(OPR|Opera)/": "Opera",
    r"\bSamsungBrowser/": "Samsung Internet",
    r"\b(Firefox|FxiOS)/": "Firefox",
    r"\b(Chrome|CriOS|Chromium)/": "Chrome",
    r"\bVersion/.*\bSafari/": "Safari",
}
MACHINES = {
    r"\biPhone\b": "an iPhone",
    r"\biPad\b": "an iPad",
    r"\bAndroid\b": "Android",
    r"\bWindows\b": "Windows",
    r"\bCrOS\b": "a Chromebook",
    r"\b(Macintosh|Mac OS X)\b": "a Mac",
    r"\bLinux\b": "Linux",
}
MOST = 500  # letters that are looked at


def device_words(user_agent: str) -> str:
    """Return words like “Firefox on Windows”: what is known of the two, or “A browser we do not know”."""
    said = user_agent[:MOST]
    browser = _first(BROWSERS, said)
    machine = _first(MACHINES, said)
    if browser and machine:
        return f"{browser} on {machine}"
    if browser:
        return browser
    return f"A browser on {machine}" if machine else "A browser we do not know"


def _first(names: dict[str, str], said: str) -> str:
    return next((name for pattern, name in names.items() if re.search(pattern, said)), "")
