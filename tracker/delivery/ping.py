"""Asking for a URL, so that a monitor elsewhere notices when nobody asks any more."""

import http.client
import urllib.error
import urllib.request
from typing import Final
from urllib.parse import urlsplit

SECONDS: Final = 10


def ping(url: str) -> str:
    """GET `url`; what went wrong in words, "" where the answer was good.

    The words name the host alone: whatever else stands in the URL may be a secret, and libraries repeat it.
    """
    host = urlsplit(url).hostname or "the host"
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:
            answer.read(1)
    except urllib.error.HTTPError as error:
        return f"{host} answers {error.code}"
    except urllib.error.URLError as error:
        reason = error.reason
        words = (reason.strerror if isinstance(reason, OSError) else None) or type(reason).__name__
        return f"{host} cannot be asked: {words}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        words = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        return f"{host} cannot be asked: {words}"
    return ""
